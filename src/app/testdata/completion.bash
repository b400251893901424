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
        --batch-size) COMPREPLY=(); return ;;
        --max-workers) COMPREPLY=(); return ;;
        --max-retries) COMPREPLY=(); return ;;
        --page-limit) COMPREPLY=(); return ;;
        --look-back) COMPREPLY=(); return ;;
        --discovery-cache) COMPREPLY=(); return ;;
        --collection-id) COMPREPLY=(); return ;;
        --interval) COMPREPLY=(); return ;;
        --listen) COMPREPLY=(); return ;;
        --per-second) COMPREPLY=(); return ;;
        -f|--format) COMPREPLY=($(compgen -W 'table json jsonl ndjson csv tsv parquet arrow markdown md vertical pretty xml orc avro sql text Arrow ArrowStream Avro BSONEachRow CSV CSVWithNames CSVWithNamesAndTypes CustomSeparated CustomSeparatedWithNames CustomSeparatedWithNamesAndTypes GeoJSON Hash JSON JSONColumns JSONColumnsWithMetadata JSONCompact JSONCompactColumns JSONCompactEachRow JSONCompactEachRowWithNames JSONCompactEachRowWithNamesAndTypes JSONCompactEachRowWithProgress JSONCompactStrings JSONCompactStringsEachRow JSONCompactStringsEachRowWithNames JSONCompactStringsEachRowWithNamesAndTypes JSONCompactStringsEachRowWithProgress JSONEachRow JSONEachRowWithProgress JSONL JSONLines JSONObjectEachRow JSONStrings JSONStringsEachRow JSONStringsEachRowWithProgress LineAsString LineAsStringWithNames LineAsStringWithNamesAndTypes MD Markdown MsgPack NDJSON Native Npy Null ORC PNG Parquet Pretty PrettyCompact PrettyCompactMonoBlock PrettyCompactNoEscapes PrettyCompactNoEscapesMonoBlock PrettyJSONEachRow PrettyJSONLines PrettyMonoBlock PrettyNDJSON PrettyNoEscapes PrettyNoEscapesMonoBlock PrettySpace PrettySpaceMonoBlock PrettySpaceNoEscapes PrettySpaceNoEscapesMonoBlock Prometheus Raw RawBLOB RawWithNames RawWithNamesAndTypes RowBinary RowBinaryWithNames RowBinaryWithNamesAndTypes SQLInsert TSKV TSV TSVRaw TSVRawWithNames TSVRawWithNamesAndTypes TSVWithNames TSVWithNamesAndTypes TabSeparated TabSeparatedRaw TabSeparatedRawWithNames TabSeparatedRawWithNamesAndTypes TabSeparatedWithNames TabSeparatedWithNamesAndTypes Values Vertical XML' -- "$word")); return ;;
        --limit) COMPREPLY=(); return ;;
        -o|--output) COMPREPLY=($(compgen -f -- "$word")); return ;;
        --users) COMPREPLY=($(compgen -f -- "$word")); return ;;
        --tls-certificate) COMPREPLY=($(compgen -f -- "$word")); return ;;
        --tls-key) COMPREPLY=($(compgen -f -- "$word")); return ;;
        --idle) COMPREPLY=(); return ;;
        --memory) COMPREPLY=(); return ;;
        --library) COMPREPLY=($(compgen -f -- "$word")); return ;;
        --ssh-listen) COMPREPLY=(); return ;;
        --display-name) COMPREPLY=(); return ;;
        --email) COMPREPLY=(); return ;;
        --user) COMPREPLY=(); return ;;
        --repository) COMPREPLY=(); return ;;
        --name) COMPREPLY=(); return ;;
        --scopes) COMPREPLY=(); return ;;
        --expires) COMPREPLY=(); return ;;
        --project) COMPREPLY=(); return ;;
        --repo) COMPREPLY=(); return ;;
        --date) COMPREPLY=(); return ;;
        --output-dir) COMPREPLY=($(compgen -d -- "$word")); return ;;
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            --config|--data|--log-format|--source|--repos|--since|--until|--hours|--days|--workers|--batch-size|--max-workers|--max-retries|--page-limit|--look-back|--discovery-cache|--collection-id|--interval|--listen|--per-second|-f|--format|--limit|-o|--output|--users|--tls-certificate|--tls-key|--idle|--memory|--library|--ssh-listen|--display-name|--email|--user|--repository|--name|--scopes|--expires|--project|--repo|--date|--output-dir) ((i++)) ;;
            -*) ;;
            *) verb="${verb:+$verb }${COMP_WORDS[i]}"; [[ $verb == 'config' ]] || break ;;
        esac
    done
    case $verb in
        '') words='collect backfill resume schedule scheduled plan query tables runs coverage export init engine serve admin doctor archive warehouse config version completion man' ;;
        'admin') words='user token repo fsck' ;;
        'archive') words='summary compact load verify wipe' ;;
        'warehouse') words='backup restore' ;;
        'config') words='check print docs' ;;
        'collect') words='--source --repos --since --until --hours --days --workers --batch-size --max-workers --max-retries --page-limit --look-back --discovery-cache --json' files=1 ;;
        'backfill') words='--days --all --source --repos --workers --batch-size --max-workers --max-retries --page-limit --json' files=0 ;;
        'resume') words='--collection-id --source --workers --batch-size --max-workers --max-retries --page-limit --json' files=0 ;;
        'schedule') words='--interval --listen --source --repos --workers --batch-size --max-workers --max-retries --page-limit --look-back --discovery-cache' files=0 ;;
        'scheduled') words='--interval --listen --source --repos --workers --batch-size --max-workers --max-retries --page-limit --look-back --discovery-cache' files=0 ;;
        'plan') words='--source --repos --per-second --max-workers --page-limit --json' files=0 ;;
        'query') words='-f --format --json' files=0 ;;
        'tables') words='-a --all --json git_projects git_repositories git_branches git_tags git_commits git_commit_files git_pull_requests git_pr_reviewers git_pr_comments git_pr_commits git_pr_participants git_pr_events git_issues git_issue_comments git_tickets git_users git_pipelines git_pipeline_steps git_commit_statuses git_releases git_deployments git_collection_runs git_data_quality git_coverage' files=0 ;;
        'runs') words='--limit --follow --json' files=0 ;;
        'coverage') words='--repos --missing --json' files=0 ;;
        'export') words='-o --output -f --format --json --force git_projects git_repositories git_branches git_tags git_commits git_commit_files git_pull_requests git_pr_reviewers git_pr_comments git_pr_commits git_pr_participants git_pr_events git_issues git_issue_comments git_tickets git_users git_pipelines git_pipeline_steps git_commit_statuses git_releases git_deployments git_collection_runs git_data_quality git_coverage' files=0 ;;
        'init') words='--json' files=0 ;;
        'engine') words='--listen --writable --users --tls-certificate --tls-key --idle --memory --library --allow-remote --allow-unconfined --stop --hash-password' files=0 ;;
        'serve') words='--listen --ssh-listen --tls-certificate --tls-key' files=0 ;;
        'admin user') words='--display-name --email --admin --no-password --json list create password enable disable promote demote' files=0 ;;
        'admin token') words='--user --repository --name --scopes --expires --json list create revoke' files=0 ;;
        'admin repo') words='--private --project --json list create delete' files=0 ;;
        'admin fsck') words='--sweep --json' files=0 ;;
        'doctor') words='--json' files=0 ;;
        'archive summary') words='--repo --source --json' files=0 ;;
        'archive compact') words='--repo --date --source --json' files=0 ;;
        'archive load') words='--repo --date --source --json' files=0 ;;
        'archive verify') words='--repo --date --source --json' files=0 ;;
        'archive wipe') words='--repo --source --confirm --json' files=0 ;;
        'warehouse backup') words='--json' files=1 ;;
        'warehouse restore') words='--json' files=1 ;;
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
