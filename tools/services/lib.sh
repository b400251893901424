# What the scripts of tools/services share: a scratch folder, an ordinary user, and the conversation
# with whoever started them. Sourced, never run. README.md says how the conversation goes.
# shellcheck shell=bash

set -euo pipefail
export LC_ALL=C.UTF-8

# die WHAT [WHAT TO DO]
die() {
    printf 'error: %s\n' "$1" >&2
    [[ $# -lt 2 ]] || printf '  %s\n' "$2" >&2
    exit 1
}

# scratch NAME USER: makes `folder`, a new folder that USER may write, and removes it at the end.
scratch() {
    folder=$(mktemp -d "${TMPDIR:-/tmp}/$1-XXXXXX")
    trap 'trap - EXIT; kill_service; rm -rf "$folder"' EXIT
    trap 'exit 143' TERM INT HUP
    chmod 0711 "$folder"
    [[ $EUID -ne 0 ]] || chown "$2" "$folder"
}

# as USER COMMAND…: as that user where we are root, else as ourselves.
as() {
    local user=$1
    shift
    if [[ $EUID -eq 0 ]]; then
        exec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups --inh-caps=-all -- "$@"
    fi
    exec "$@"
}

# until_answers SECONDS COMMAND…: waits until the command succeeds, or the service has ended.
until_answers() {
    local tries=$((20 * $1))
    shift
    until "$@" >/dev/null 2>&1; do
        kill -0 "$service" 2>/dev/null || return 1
        [[ $((tries--)) -gt 0 ]] || return 1
        sleep 0.05
    done
}

service=""
# end_service SIGNAL: ends `service`, the process that start_service started with &, and waits for its end.
end_service() {
    [[ -n "$service" ]] || return 0
    kill -"$1" "$service" 2>/dev/null || true
    wait "$service" 2>/dev/null || true
    service=""
}

# converse: serves `start`, `stop` and `kill` from standard input until it ends. The script defines
# start_service (which sets `service` and prints nothing),
# stop_service, kill_service, and `address`.
converse() {
    start_service
    printf '%s\n' "$address"
    local line
    while read -r line; do
        case "$line" in
            start) start_service && printf '%s\n' "$address" ;;
            stop) stop_service && printf 'stopped\n' ;;
            kill) kill_service && printf 'killed\n' ;;
            *) die "what is '$line'?" "start, stop or kill, one a line" ;;
        esac
    done
    stop_service
}
