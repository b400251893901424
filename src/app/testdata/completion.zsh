#compdef forgehouse
# zsh completion of forgehouse: forgehouse completion zsh > "${fpath[1]}/_forgehouse"
_forgehouse() {
    local -a verbs
    verbs=(
        'collect:read the history of repositories into the warehouse'
        'backfill:read what lies in the past, back to a day or to the beginning'
        'resume:go on with a run that did not complete'
        'schedule:collect again and again, and serve metrics'
        'scheduled:the same as schedule, with the interval in hours'
        'plan:say what the next run would cost, without making it'
        'query:ask the warehouse a question in SQL'
        'tables:list the tables and views, or the columns of one'
        'runs:list the runs of collect, or show one of them'
        'coverage:say how complete what was collected is'
        'export:write a whole table to a file'
        'init:make the data directory, the tables and the views'
        'engine:serve the warehouse to ClickHouse clients'
        'serve:host repositories and serve the API of Bitbucket Cloud'
        'admin:user, token, repo, fsck'
        'doctor:say what is installed, reachable and missing, and how to mend it'
        'archive:summary, compact, load, verify, wipe'
        'warehouse:backup, restore'
        'config:check, print, docs'
        'version:the version of the program and of its engine'
        'completion:print a completion script for your shell'
        'man:print a manual page, or write them all'
    )
    local state line
    _arguments -C \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' \
            '1: :->verb' '*:: :->rest' && return
    case $state in
        verb) _describe verb verbs ;;
        rest) case $line[1] in
        collect) _arguments \
            '*--source[Only this source of the configuration]:name: ' \
            '*--repos[Only repositories whose name, or project/name, matches]:glob,…: ' \
            '*--since[Only commits from then on, by committer date, and pull requests by the time of their last update]:t: ' \
            '*--until[Only what lies before then]:t: ' \
            '*--hours[Only those of the last N hours]:n: ' \
            '*--days[Only those of the last N days]:n: ' \
            '*--workers[How many repositories are read at once]:n: ' \
            '*--batch-size[How many pull requests are stored together, at most]:n: ' \
            '*--max-workers[The most requests in flight to one server]:n: ' \
            '*--max-retries[How often a request that failed is tried again, after growing pauses]:n: ' \
            '*--page-limit[How many items a page is asked to hold]:n: ' \
            '*--look-back[Pull requests that are open, or were updated within this span, are read again even where the list shows no change]:span: ' \
            '*--discovery-cache[A server'\''s list of repositories that is younger than this is not asked for again]:span: ' \
            '*--json[Writes JSON; errors become a JSON object on standard error]' '*:path:_files -/' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        backfill) _arguments \
            '*--days[Back to N days ago, 180 without it]:n: ' \
            '*--all[Back to the beginning]' \
            '*--source[Only this source of the configuration]:name: ' \
            '*--repos[Only repositories whose name, or project/name, matches]:glob,…: ' \
            '*--workers[How many repositories are read at once]:n: ' \
            '*--batch-size[How many pull requests are stored together, at most]:n: ' \
            '*--max-workers[The most requests in flight to one server]:n: ' \
            '*--max-retries[How often a request that failed is tried again, after growing pauses]:n: ' \
            '*--page-limit[How many items a page is asked to hold]:n: ' \
            '*--json[Writes JSON; errors become a JSON object on standard error]' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        resume) _arguments \
            '*--collection-id[The same by another name]:id|time: ' \
            '*--source[Only this source of the configuration]:name: ' \
            '*--workers[How many repositories are read at once]:n: ' \
            '*--batch-size[How many pull requests are stored together, at most]:n: ' \
            '*--max-workers[The most requests in flight to one server]:n: ' \
            '*--max-retries[How often a request that failed is tried again, after growing pauses]:n: ' \
            '*--page-limit[How many items a page is asked to hold]:n: ' \
            '*--json[Writes JSON; errors become a JSON object on standard error]' ':run_id: ' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        schedule) _arguments \
            '*--interval[From the beginning of one run to that of the next]:span: ' \
            '*--listen[Where /metrics (for Prometheus) and /healthz are served]:addr:port|off: ' \
            '*--source[Only this source of the configuration]:name: ' \
            '*--repos[Only repositories whose name, or project/name, matches]:glob,…: ' \
            '*--workers[How many repositories are read at once]:n: ' \
            '*--batch-size[How many pull requests are stored together, at most]:n: ' \
            '*--max-workers[The most requests in flight to one server]:n: ' \
            '*--max-retries[How often a request that failed is tried again, after growing pauses]:n: ' \
            '*--page-limit[How many items a page is asked to hold]:n: ' \
            '*--look-back[Pull requests that are open, or were updated within this span, are read again even where the list shows no change]:span: ' \
            '*--discovery-cache[A server'\''s list of repositories that is younger than this is not asked for again]:span: ' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        scheduled) _arguments \
            '*--interval[The same in hours]:hours: ' \
            '*--listen[Where /metrics (for Prometheus) and /healthz are served]:addr:port|off: ' \
            '*--source[Only this source of the configuration]:name: ' \
            '*--repos[Only repositories whose name, or project/name, matches]:glob,…: ' \
            '*--workers[How many repositories are read at once]:n: ' \
            '*--batch-size[How many pull requests are stored together, at most]:n: ' \
            '*--max-workers[The most requests in flight to one server]:n: ' \
            '*--max-retries[How often a request that failed is tried again, after growing pauses]:n: ' \
            '*--page-limit[How many items a page is asked to hold]:n: ' \
            '*--look-back[Pull requests that are open, or were updated within this span, are read again even where the list shows no change]:span: ' \
            '*--discovery-cache[A server'\''s list of repositories that is younger than this is not asked for again]:span: ' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        plan) _arguments \
            '*--source[Only this source of the configuration]:name: ' \
            '*--repos[Only repositories whose name, or project/name, matches]:glob,…: ' \
            '*--per-second[The limit of the server to reckon with, in requests a second, where none has been learned yet]:n: ' \
            '*--max-workers[The most requests in flight to one server]:n: ' \
            '*--page-limit[How many items a page is asked to hold]:n: ' \
            '*--json[Writes JSON; errors become a JSON object on standard error]' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        query) _arguments \
            '*-f[How the answer is written]:f:(table json jsonl ndjson csv tsv parquet arrow markdown md vertical pretty xml orc avro sql text Arrow ArrowStream Avro BSONEachRow CSV CSVWithNames CSVWithNamesAndTypes CustomSeparated CustomSeparatedWithNames CustomSeparatedWithNamesAndTypes GeoJSON Hash JSON JSONColumns JSONColumnsWithMetadata JSONCompact JSONCompactColumns JSONCompactEachRow JSONCompactEachRowWithNames JSONCompactEachRowWithNamesAndTypes JSONCompactEachRowWithProgress JSONCompactStrings JSONCompactStringsEachRow JSONCompactStringsEachRowWithNames JSONCompactStringsEachRowWithNamesAndTypes JSONCompactStringsEachRowWithProgress JSONEachRow JSONEachRowWithProgress JSONL JSONLines JSONObjectEachRow JSONStrings JSONStringsEachRow JSONStringsEachRowWithProgress LineAsString LineAsStringWithNames LineAsStringWithNamesAndTypes MD Markdown MsgPack NDJSON Native Npy Null ORC PNG Parquet Pretty PrettyCompact PrettyCompactMonoBlock PrettyCompactNoEscapes PrettyCompactNoEscapesMonoBlock PrettyJSONEachRow PrettyJSONLines PrettyMonoBlock PrettyNDJSON PrettyNoEscapes PrettyNoEscapesMonoBlock PrettySpace PrettySpaceMonoBlock PrettySpaceNoEscapes PrettySpaceNoEscapesMonoBlock Prometheus Raw RawBLOB RawWithNames RawWithNamesAndTypes RowBinary RowBinaryWithNames RowBinaryWithNamesAndTypes SQLInsert TSKV TSV TSVRaw TSVRawWithNames TSVRawWithNamesAndTypes TSVWithNames TSVWithNamesAndTypes TabSeparated TabSeparatedRaw TabSeparatedRawWithNames TabSeparatedRawWithNamesAndTypes TabSeparatedWithNames TabSeparatedWithNamesAndTypes Values Vertical XML)' \
            '*--format[How the answer is written]:f:(table json jsonl ndjson csv tsv parquet arrow markdown md vertical pretty xml orc avro sql text Arrow ArrowStream Avro BSONEachRow CSV CSVWithNames CSVWithNamesAndTypes CustomSeparated CustomSeparatedWithNames CustomSeparatedWithNamesAndTypes GeoJSON Hash JSON JSONColumns JSONColumnsWithMetadata JSONCompact JSONCompactColumns JSONCompactEachRow JSONCompactEachRowWithNames JSONCompactEachRowWithNamesAndTypes JSONCompactEachRowWithProgress JSONCompactStrings JSONCompactStringsEachRow JSONCompactStringsEachRowWithNames JSONCompactStringsEachRowWithNamesAndTypes JSONCompactStringsEachRowWithProgress JSONEachRow JSONEachRowWithProgress JSONL JSONLines JSONObjectEachRow JSONStrings JSONStringsEachRow JSONStringsEachRowWithProgress LineAsString LineAsStringWithNames LineAsStringWithNamesAndTypes MD Markdown MsgPack NDJSON Native Npy Null ORC PNG Parquet Pretty PrettyCompact PrettyCompactMonoBlock PrettyCompactNoEscapes PrettyCompactNoEscapesMonoBlock PrettyJSONEachRow PrettyJSONLines PrettyMonoBlock PrettyNDJSON PrettyNoEscapes PrettyNoEscapesMonoBlock PrettySpace PrettySpaceMonoBlock PrettySpaceNoEscapes PrettySpaceNoEscapesMonoBlock Prometheus Raw RawBLOB RawWithNames RawWithNamesAndTypes RowBinary RowBinaryWithNames RowBinaryWithNamesAndTypes SQLInsert TSKV TSV TSVRaw TSVRawWithNames TSVRawWithNamesAndTypes TSVWithNames TSVWithNamesAndTypes TabSeparated TabSeparatedRaw TabSeparatedRawWithNames TabSeparatedRawWithNamesAndTypes TabSeparatedWithNames TabSeparatedWithNamesAndTypes Values Vertical XML)' \
            '*--json[The same as --format json; errors become JSON too]' ':sql: ' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        tables) _arguments \
            '*-a[Tables without a row, too]' \
            '*--all[Tables without a row, too]' \
            '*--json[Writes JSON; errors become a JSON object on standard error]' ':table:(git_projects git_repositories git_branches git_tags git_commits git_commit_files git_pull_requests git_pr_reviewers git_pr_comments git_pr_commits git_pr_participants git_pr_events git_issues git_issue_comments git_tickets git_users git_pipelines git_pipeline_steps git_commit_statuses git_releases git_deployments git_collection_runs git_data_quality git_coverage)' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        runs) _arguments \
            '*--limit[How many runs to list, 20 without it]:n: ' \
            '*--follow[Show the runs that another process makes just now until they end, then their details]' \
            '*--json[Writes JSON; errors become a JSON object on standard error]' ':run_id: ' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        coverage) _arguments \
            '*--repos[Only repositories whose name, or project/name, matches]:glob,…: ' \
            '*--missing[Only where something is missing or not known]' \
            '*--json[Writes JSON; errors become a JSON object on standard error]' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        export) _arguments \
            '*-o[Where to write; - is standard output]:file:_files' \
            '*--output[Where to write; - is standard output]:file:_files' \
            '*-f[As for query]:f:(table json jsonl ndjson csv tsv parquet arrow markdown md vertical pretty xml orc avro sql text Arrow ArrowStream Avro BSONEachRow CSV CSVWithNames CSVWithNamesAndTypes CustomSeparated CustomSeparatedWithNames CustomSeparatedWithNamesAndTypes GeoJSON Hash JSON JSONColumns JSONColumnsWithMetadata JSONCompact JSONCompactColumns JSONCompactEachRow JSONCompactEachRowWithNames JSONCompactEachRowWithNamesAndTypes JSONCompactEachRowWithProgress JSONCompactStrings JSONCompactStringsEachRow JSONCompactStringsEachRowWithNames JSONCompactStringsEachRowWithNamesAndTypes JSONCompactStringsEachRowWithProgress JSONEachRow JSONEachRowWithProgress JSONL JSONLines JSONObjectEachRow JSONStrings JSONStringsEachRow JSONStringsEachRowWithProgress LineAsString LineAsStringWithNames LineAsStringWithNamesAndTypes MD Markdown MsgPack NDJSON Native Npy Null ORC PNG Parquet Pretty PrettyCompact PrettyCompactMonoBlock PrettyCompactNoEscapes PrettyCompactNoEscapesMonoBlock PrettyJSONEachRow PrettyJSONLines PrettyMonoBlock PrettyNDJSON PrettyNoEscapes PrettyNoEscapesMonoBlock PrettySpace PrettySpaceMonoBlock PrettySpaceNoEscapes PrettySpaceNoEscapesMonoBlock Prometheus Raw RawBLOB RawWithNames RawWithNamesAndTypes RowBinary RowBinaryWithNames RowBinaryWithNamesAndTypes SQLInsert TSKV TSV TSVRaw TSVRawWithNames TSVRawWithNamesAndTypes TSVWithNames TSVWithNamesAndTypes TabSeparated TabSeparatedRaw TabSeparatedRawWithNames TabSeparatedRawWithNamesAndTypes TabSeparatedWithNames TabSeparatedWithNamesAndTypes Values Vertical XML)' \
            '*--format[As for query]:f:(table json jsonl ndjson csv tsv parquet arrow markdown md vertical pretty xml orc avro sql text Arrow ArrowStream Avro BSONEachRow CSV CSVWithNames CSVWithNamesAndTypes CustomSeparated CustomSeparatedWithNames CustomSeparatedWithNamesAndTypes GeoJSON Hash JSON JSONColumns JSONColumnsWithMetadata JSONCompact JSONCompactColumns JSONCompactEachRow JSONCompactEachRowWithNames JSONCompactEachRowWithNamesAndTypes JSONCompactEachRowWithProgress JSONCompactStrings JSONCompactStringsEachRow JSONCompactStringsEachRowWithNames JSONCompactStringsEachRowWithNamesAndTypes JSONCompactStringsEachRowWithProgress JSONEachRow JSONEachRowWithProgress JSONL JSONLines JSONObjectEachRow JSONStrings JSONStringsEachRow JSONStringsEachRowWithProgress LineAsString LineAsStringWithNames LineAsStringWithNamesAndTypes MD Markdown MsgPack NDJSON Native Npy Null ORC PNG Parquet Pretty PrettyCompact PrettyCompactMonoBlock PrettyCompactNoEscapes PrettyCompactNoEscapesMonoBlock PrettyJSONEachRow PrettyJSONLines PrettyMonoBlock PrettyNDJSON PrettyNoEscapes PrettyNoEscapesMonoBlock PrettySpace PrettySpaceMonoBlock PrettySpaceNoEscapes PrettySpaceNoEscapesMonoBlock Prometheus Raw RawBLOB RawWithNames RawWithNamesAndTypes RowBinary RowBinaryWithNames RowBinaryWithNamesAndTypes SQLInsert TSKV TSV TSVRaw TSVRawWithNames TSVRawWithNamesAndTypes TSVWithNames TSVWithNamesAndTypes TabSeparated TabSeparatedRaw TabSeparatedRawWithNames TabSeparatedRawWithNamesAndTypes TabSeparatedWithNames TabSeparatedWithNamesAndTypes Values Vertical XML)' \
            '*--json[The same as --format json; errors become JSON too]' \
            '*--force[Replaces a file that is there already]' ':table:(git_projects git_repositories git_branches git_tags git_commits git_commit_files git_pull_requests git_pr_reviewers git_pr_comments git_pr_commits git_pr_participants git_pr_events git_issues git_issue_comments git_tickets git_users git_pipelines git_pipeline_steps git_commit_statuses git_releases git_deployments git_collection_runs git_data_quality git_coverage)' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        init) _arguments \
            '*--json[Writes JSON; errors become a JSON object on standard error]' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        engine) _arguments \
            '*--listen[A TCP address besides the Unix socket for `forgehouse engine`, so that Grafana, DBeaver and other ClickHouse clients can connect]:address:port: ' \
            '*--writable[Lets the clients of engine.listen create, fill and drop tables too, the git_* ones excepted]' \
            '*--users[A file of users for engine.listen, a line each]:file:_files' \
            '*--tls-certificate[The certificate of engine.listen, followed by its chain, as PEM]:file:_files' \
            '*--tls-key[The key of that certificate as PEM, without a password]:file:_files' \
            '*--idle[How long the engine stays without a request]:span: ' \
            '*--memory[How much memory the engine may count on]:size: ' \
            '*--library[The libchdb.so to load]:file:_files' \
            '*--allow-remote[Accepts an engine.listen that other machines can reach without engine.users, so that nobody is asked for a password, or without TLS, so that passwords can be read on the way]' \
            '*--allow-unconfined[Lets the engine serve where the kernel cannot confine it to its data directory]' \
            '*--stop[Asks the engine that runs for this data directory to finish its queries and leave, and waits for it]' \
            '*--hash-password[Asks for a password, twice on a terminal, else one line of standard input, and prints its Argon2id hash for engine.users]' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        serve) _arguments \
            '*--listen[Where the forge is served]:address:port: ' \
            '*--ssh-listen[Where git is to be served over SSH]:address:port: ' \
            '*--tls-certificate[A PEM file]:file:_files' \
            '*--tls-key[The certificate'\''s key, unencrypted PEM that others may not read]:file:_files' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        admin) _arguments '1:verb:(user token repo fsck)' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        doctor) _arguments \
            '*--json[Writes JSON; errors become a JSON object on standard error]' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        archive) _arguments '1:verb:(summary compact load verify wipe)' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        warehouse) _arguments '1:verb:(backup restore)' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        config) _arguments '1:verb:(check print docs)' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        version) _arguments \
            '*--json[Writes JSON; errors become a JSON object on standard error]' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        completion) _arguments ':bash:(bash zsh fish)' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        man) _arguments \
            '*--output-dir[Writes all pages into this folder, which is made where it is missing]:dir:_files -/' \
            '*--markdown[One Markdown document instead of a page]' ':verb: ' \
            '*--config[The configuration to use, instead of the one that is found]:file:_files' \
            '*--data[The data directory]:dir:_files -/' \
            '*-v[Says more on standard error; twice, everything]' \
            '*--verbose[Says more on standard error; twice, everything]' \
            '*-q[Says nothing but errors there]' \
            '*--quiet[Says nothing but errors there]' \
            '*--log-format[What is on standard error]:text|json:(text json)' \
            '*--no-color[No colours]' \
            '*-h[Help for the program or for a verb]' \
            '*--help[Help for the program or for a verb]' \
            '*--version[The same as the verb version]' ;;
        esac ;;
    esac
}
compdef _forgehouse forgehouse
