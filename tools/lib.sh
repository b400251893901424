# What ./run, ./test, .ci/run and the scripts of tools/ share: speaking, timing, packages, building.
# Sourced, never run. Wants `root` set to the folder of the checkout.
# shellcheck shell=bash

set -euo pipefail
export LC_ALL=C.UTF-8

LOGS="$root/build/logs"
PARTS=() # "label seconds" of every finished part, for the last line

is_terminal() { [[ -t 1 && -z "${CI:-}" && "${TERM:-dumb}" != dumb ]]; }

if is_terminal && [[ -z "${NO_COLOR:-}" ]]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'
else
    BOLD="" DIM="" RED="" GREEN="" PLAIN=""
fi

say() { printf '%s\n' "$*"; }
title() { printf '%s==> %s%s\n' "$BOLD" "$*" "$PLAIN"; }

# die WHAT [WHAT TO DO]…: one line on what is wrong, then one for each thing to do.
die() {
    printf '%serror:%s %s\n' "$RED" "$PLAIN" "$1" >&2
    shift
    local line
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

# part LABEL COMMAND…: runs the command under a title and remembers how long it took.
part() {
    local label=$1 begin=$SECONDS
    shift
    "$@"
    PARTS+=("$label $((SECONDS - begin))")
}

say_parts() {
    local entry text="" total=0
    for entry in "${PARTS[@]}"; do
        text+="${text:+, }${entry% *} ${entry##* } s"
        total=$((total + ${entry##* }))
    done
    printf '%stime: %s; in all %s s%s\n' "$DIM" "$text" "$total" "$PLAIN"
}

# One line that is rewritten on a terminal, and nothing elsewhere.
progress() {
    if is_terminal; then printf '\r\e[K  %s' "${1:0:100}"; fi
}
progress_end() {
    if is_terminal; then printf '\r\e[K'; fi
}

# need_space FOLDER MEGABYTES FOR-WHAT
need_space() {
    local folder=$1 wanted=$2 free
    mkdir -p "$folder" 2>/dev/null || die "cannot make the folder $folder" \
        "see who owns it: ls -ld $(dirname "$folder")"
    free=$(df -Pm "$folder" | awk 'NR == 2 { print $4 }')
    [[ "$free" -ge "$wanted" ]] || die "$3 needs about $wanted MB in $folder, $free MB are free" \
        "make room, or put the checkout (or XDG_CACHE_HOME) on a larger disk"
}

# ---- packages ------------------------------------------------------------------------------

# The column of tools/packages.txt for this machine; nothing where it is not in the table.
package_column() {
    local id="" version=""
    if [[ -r /etc/os-release ]]; then
        id=$(. /etc/os-release && printf '%s' "${ID:-}")
        version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
    fi
    case "$id-$version" in
        debian-12) echo 2 ;;
        ubuntu-24.04) echo 3 ;;
    esac
}

# packages_for COLUMN PURPOSE…: the names, one a line.
packages_for() {
    local column=$1
    shift
    awk -F'|' -v column="$column" -v purposes=" $* " '
        /^#/ || NF < 3 { next }
        { purpose = $1; name = $column; gsub(/ /, "", purpose); gsub(/ /, "", name) }
        index(purposes, " " purpose " ") && name != "-" { print name }' "$root/tools/packages.txt"
}

missing_of() {
    local name
    for name in "$@"; do
        [[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" == installed ]] ||
            printf '%s\n' "$name"
    done
}

# Status lines come by a pipe of their own: apt makes that pipe non-blocking, and a package's script
# that writes to the same one can fail.
apt() {
    local command=(env DEBIAN_FRONTEND=noninteractive "http_proxy=${http_proxy:-}" "https_proxy=${https_proxy:-}"
        "no_proxy=${no_proxy:-}" sh -c 'log=$1; shift; exec "$@" 3>&1 >>"$log" 2>&1' sh "$LOGS/packages.log"
        apt-get -y -o DPkg::Lock::Timeout=600 -o APT::Status-Fd=3
        -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@")
    [[ $EUID -eq 0 ]] || command=(sudo "${command[@]}")
    "${command[@]}" </dev/null | show_apt_progress
}

# apt's own status lines: `dlstatus:…:PERCENT:TEXT` and `pmstatus:NAME:PERCENT:TEXT`.
show_apt_progress() {
    local kind percent text step last=""
    while IFS=: read -r kind _ percent text; do
        case "$kind" in
            dlstatus) text="download ${percent%%.*}%  $text" ;;
            pmstatus) text="install ${percent%%.*}%  $text" ;;
            *) continue ;;
        esac
        progress "$text"
        percent=${percent%%.*}
        step="$kind $((percent / 20))"
        if ! is_terminal && [[ "$step" != "$last" ]]; then say "  $text"; fi
        last=$step
    done
    progress_end
}

explain_apt_failure() {
    local tail_text
    tail_text=$(tail -n 12 "$LOGS/packages.log" | sed 's/^/  | /')
    printf '%s\n' "$tail_text" >&2
    case "$tail_text" in
        *"No space left"* | *"enough free space"*)
            die "the disk is full, the packages could not be installed" "make room and call this again" ;;
        *"Could not resolve"* | *"Failed to fetch"* | *"Unable to fetch"* | *"Could not connect"* | *"Unable to locate package"*)
            die "the packages could not be fetched: no network, or a wrong mirror" \
                "try: apt-get update; behind a proxy set http_proxy and https_proxy" \
                "with the packages of tools/packages.txt installed by hand: FORGEHOUSE_SKIP_PACKAGES=1" ;;
        *"Packages need to be removed"* | *"unmet dependencies"* | *"held broken"* | *"Conflicts:"*)
            die "installed packages stand in the way (often libboost-dev against libboost1.81-dev)" \
                "see what apt would do: apt-get install $*" ;;
        *) die "the packages could not be installed (whole log: $LOGS/packages.log)" "wanted: $*" ;;
    esac
}

# install_packages PURPOSE…: installs what dpkg does not know; calls apt for nothing else.
install_packages() {
    [[ -z "${FORGEHOUSE_SKIP_PACKAGES:-}" ]] || { say "packages: taken as installed"; return 0; }
    local column missing
    column=$(package_column)
    [[ -n "$column" ]] || die "this distribution is not in tools/packages.txt (Debian 12 and Ubuntu 24.04 are)" \
        "install the like of these: $(packages_for 2 "$@" | tr '\n' ' ')" \
        "then call this again with --skip-packages, or with FORGEHOUSE_SKIP_PACKAGES=1"
    mapfile -t missing < <(packages_for "$column" "$@" | { mapfile -t all; missing_of "${all[@]}"; })
    [[ ${#missing[@]} -gt 0 ]] || { say "packages: all installed"; return 0; }
    title "packages: ${#missing[@]} to install: ${missing[*]}"
    mkdir -p "$LOGS"
    : >"$LOGS/packages.log"
    if [[ $EUID -ne 0 ]]; then
        command -v sudo >/dev/null || die "packages are missing, and there is neither root nor sudo" \
            "as root: apt-get install ${missing[*]}"
        sudo -n true 2>/dev/null || [[ -t 0 ]] || die "packages are missing, and sudo wants a password but has no terminal" \
            "as root: apt-get install ${missing[*]}"
        sudo -v || die "packages are missing, and sudo refused" "as root: apt-get install ${missing[*]}"
    fi
    need_space /var/cache 1500 "installing the packages"
    say "  reading the package lists"
    apt -o APT::Update::Error-Mode=any update || say "  the package lists could not be refreshed; going on with what is known"
    apt --no-install-recommends --no-remove install "${missing[@]}" || explain_apt_failure "${missing[@]}"
    mapfile -t missing < <(missing_of "${missing[@]}")
    [[ ${#missing[@]} -eq 0 ]] || die "apt said yes, but these are not installed: ${missing[*]}" "log: $LOGS/packages.log"
}

# ---- building ------------------------------------------------------------------------------

# As many jobs as there are processors, but no more than the memory carries (1.2 GB each).
job_count() {
    local processors gigabytes
    processors=$(nproc)
    gigabytes=$(awk '/^MemAvailable/ { print int($2 / 1200000) }' /proc/meminfo)
    [[ "$gigabytes" -ge 1 ]] || gigabytes=1
    echo "${JOBS:-$((processors < gigabytes ? processors : gigabytes))}"
}

# configure PRESET [CMAKE OPTION…]: only when there is no build folder, the checkout moved, or the
# presets changed; everything else ninja notices for itself.
configure() {
    local preset=$1 folder="$root/build/$1" stamp fresh=()
    shift
    stamp="$root $(sha256sum <"$root/CMakePresets.json") $*"
    [[ -f "$folder/build.ninja" && "$(cat "$folder/.configured" 2>/dev/null)" == "$stamp" ]] && return 0
    [[ ! -f "$folder/CMakeCache.txt" ]] || fresh=(--fresh)
    say "  configuring"
    mkdir -p "$LOGS"
    if ! (cd "$root" && cmake --preset "$preset" "${fresh[@]}" "$@") >"$LOGS/configure-$preset.log" 2>&1; then
        tail -n 15 "$LOGS/configure-$preset.log" | sed 's/^/  | /' >&2
        die "cmake could not configure the build '$preset'" "whole log: $LOGS/configure-$preset.log"
    fi
    printf '%s' "$stamp" >"$folder/.configured"
}

# ninja rewrites one line on a terminal; elsewhere each twentieth part of the steps says its line, and
# whatever ends after 20 silent seconds.
build() {
    local preset=$1 status=0 targets=()
    shift
    [[ $# -eq 0 ]] || targets=(--target "$@")
    local command=(cmake --build "$root/build/$preset" "${targets[@]}" -j "$(job_count)")
    mkdir -p "$LOGS"
    if is_terminal; then
        NINJA_STATUS='  [%f/%t, %es] ' "${command[@]}" || status=$?
    else
        NINJA_STATUS='[%f/%t %es] ' "${command[@]}" 2>&1 | tee "$LOGS/build-$preset.log" | thin_ninja_lines || status=$?
    fi
    [[ $status -eq 0 ]] && return 0
    if grep -q 'No space left' "$LOGS/build-$preset.log" 2>/dev/null; then
        die "the disk is full, the build stopped" "make room and call this again: it goes on where it stopped"
    fi
    die "the build '$preset' failed" "the first error stands above; where it says 'Killed', try --jobs 1"
}

thin_ninja_lines() {
    awk '
        /^\[[0-9]+\/[0-9]+ / {
            split(substr($1, 2), step, "/")
            part = int(20 * step[1] / step[2])
            if (step[1] == step[2] || part != last || systime() - said >= 20) {
                print "  " $0; fflush(); said = systime()
            }
            last = part
            next
        }
        { print; fflush() }'
}
