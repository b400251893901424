# bash completion of forgehouse: forgehouse completion bash > ~/.local/share/bash-completion/completions/forgehouse
_forgehouse() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    local verb='' words='' files=0 i
    COMPREPLY=()
    case $before in
        --config) COMPREPLY=($(compgen -f -- "$word")); return ;;
        --data) COMPREPLY=($(compgen -d -- "$word")); return ;;
        --log-format) COMPREPLY=($(compgen -W 'text json' -- "$word")); return ;;
        --source) COMPREPLY=(); return ;;
        --repos) COMPREPLY=(); return ;;
        --since) COMPREPLY=(); return ;;
        --until) COMPREPLY=(); return ;;
        --hours) COMPREPLY=(); return ;;
        --days) COMPREPLY=(); return ;;
        --workers) COMPREPLY=(); return ;;
        -f|--format) COMPREPLY=($(compgen -W 'table json jsonl ndjson csv tsv parquet arrow markdown md vertical pretty xml orc avro sql text Arrow ArrowStream Avro BSONEachRow CSV CSVWithNames CSVWithNamesAndTypes CustomSeparated CustomSeparatedWithNames CustomSeparatedWithNamesAndTypes GeoJSON Hash JSON JSONColumns JSONColumnsWithMetadata JSONCompact JSONCompactColumns JSONCompactEachRow JSONCompactEachRowWithNames JSONCompactEachRowWithNamesAndTypes JSONCompactEachRowWithProgress JSONCompactStrings JSONCompactStringsEachRow JSONCompactStringsEachRowWithNames JSONCompactStringsEachRowWithNamesAndTypes JSONCompactStringsEachRowWithProgress JSONEachRow JSONEachRowWithProgress JSONL JSONLines JSONObjectEachRow JSONStrings JSONStringsEachRow JSONStringsEachRowWithProgress LineAsString LineAsStringWithNames LineAsStringWithNamesAndTypes MD Markdown MsgPack NDJSON Native Npy Null ORC PNG Parquet Pretty PrettyCompact PrettyCompactMonoBlock PrettyCompactNoEscapes PrettyCompactNoEscapesMonoBlock PrettyJSONEachRow PrettyJSONLines PrettyMonoBlock PrettyNDJSON PrettyNoEscapes PrettyNoEscapesMonoBlock PrettySpace PrettySpaceMonoBlock PrettySpaceNoEscapes PrettySpaceNoEscapesMonoBlock Prometheus Raw RawBLOB RawWithNames RawWithNamesAndTypes RowBinary RowBinaryWithNames RowBinaryWithNamesAndTypes SQLInsert TSKV TSV TSVRaw TSVRawWithNames TSVRawWithNamesAndTypes TSVWithNames TSVWithNamesAndTypes TabSeparated TabSeparatedRaw TabSeparatedRawWithNames TabSeparatedRawWithNamesAndTypes TabSeparatedWithNames TabSeparatedWithNamesAndTypes Values Vertical XML' -- "$word")); return ;;
        --limit) COMPREPLY=(); return ;;
        -o|--output) COMPREPLY=($(compgen -f -- "$word")); return ;;
        --listen) COMPREPLY=(); return ;;
        --idle) COMPREPLY=(); return ;;
        --memory) COMPREPLY=(); return ;;
        --library) COMPREPLY=($(compgen -f -- "$word")); return ;;
        --output-dir) COMPREPLY=($(compgen -d -- "$word")); return ;;
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            --config|--data|--log-format|--source|--repos|--since|--until|--hours|--days|--workers|-f|--format|--limit|-o|--output|--listen|--idle|--memory|--library|--output-dir) ((i++)) ;;
            -*) ;;
            *) verb="${verb:+$verb }${COMP_WORDS[i]}"; [[ $verb == 'config' ]] || break ;;
        esac
    done
    case $verb in
        '') words='collect query tables runs export init engine doctor config version completion man' ;;
        'config') words='check print docs' ;;
        'collect') words='--source --repos --since --until --hours --days --workers --json' files=1 ;;
        'query') words='-f --format --json' files=0 ;;
        'tables') words='-a --all --json' files=0 ;;
        'runs') words='--limit --json' files=0 ;;
        'export') words='-o --output -f --format --force git_projects git_repositories git_branches git_tags git_commits git_commit_files git_pull_requests git_pr_reviewers git_pr_comments git_pr_commits git_pr_participants git_pr_events git_issues git_issue_comments git_tickets git_users git_pipelines git_pipeline_steps git_commit_statuses git_releases git_deployments git_collection_runs git_data_quality git_coverage' files=0 ;;
        'init') words='--json' files=0 ;;
        'engine') words='--listen --writable --idle --memory --library --allow-remote --allow-unconfined --stop' files=0 ;;
        'doctor') words='--json' files=0 ;;
        'config check') words='--json' files=0 ;;
        'config print') words='--json' files=0 ;;
        'config docs') words='' files=0 ;;
        'version') words='--json' files=0 ;;
        'completion') words='bash zsh fish' files=0 ;;
        'man') words='--output-dir --markdown' files=0 ;;
    esac
    COMPREPLY=($(compgen -W "$words --config --data -v --verbose -q --quiet --log-format --no-color -h --help --version" -- "$word"))
    if ((files)) && [[ $word != -* ]]; then
        COMPREPLY+=($(compgen -f -- "$word"))
    fi
}
complete -o filenames -F _forgehouse forgehouse
