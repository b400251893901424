# Functions for the cases, known to every step (BASH_ENV).

# A repository with three commits of two people in the folder $1.
make_repository() {
    git init -q -b main "$1" && cd "$1" || return
    printf 'one\ntwo\n' > a.txt
    mkdir src && printf 'int main() {}\n' > src/main.cpp
    git add . && git commit -qm 'begin'
    printf 'one\ntwo\nthree\n' > a.txt
    GIT_AUTHOR_NAME=Bob GIT_AUTHOR_EMAIL=bob@example.org \
        GIT_COMMITTER_DATE=2024-03-07T12:00:00Z git commit -qam 'add three (PAY-12)'
    git tag v1
    git mv a.txt b.txt
    GIT_COMMITTER_DATE=2024-03-14T12:00:00Z git commit -qm 'rename a'
    cd - > /dev/null || return
}

# A repository in the folder $1 with what histories have besides: 3 authors, 6 commits, one merge, one
# rename, one binary file, one branch that is not merged.
make_merged_repository() {
    git init -q -b main "$1" && cd "$1" || return
    mkdir src && printf 'one\ntwo\nthree\n' > src/a.cpp
    commit_as Ann 1600000000 commit -qm 'begin'
    printf 'one\n2\nthree\nfour\n' > src/a.cpp
    commit_as Ben 1600100000 commit -qm 'change two, add four'
    git checkout -qb side && printf 'side\n' > side.py
    commit_as Cy 1600200000 commit -qm 'work aside'
    git checkout -q main && git mv src/a.cpp src/b.cpp
    commit_as Ann 1600300000 commit -qm 'rename'
    commit_as Ann 1600400000 merge -q --no-ff -m 'merge side' side
    git checkout -qb open && printf '\0\1\2' > picture.bin
    commit_as Ben 1600500000 commit -qm 'a picture, not merged'
    git checkout -q main && git tag v1
    cd - > /dev/null || return
}

# commit_as NAME TIME COMMAND…: git as that person at that time, everything added before.
commit_as() {
    local name=$1 time="$2 +0100"
    shift 2
    git add -A
    GIT_AUTHOR_NAME=$name GIT_AUTHOR_EMAIL=${name,,}@example.org GIT_AUTHOR_DATE=$time \
        GIT_COMMITTER_NAME=$name GIT_COMMITTER_EMAIL=${name,,}@example.org \
        GIT_COMMITTER_DATE=$time git "$@"
}

# start_forge [OPTION…]: a simulated Bitbucket Server that ends with the shell, and the environment
# with which it alone is collected. Its settings are kept in sim.env for the steps after this one.
start_forge() {
    local line
    forgehouse-sim bitbucket-server --org 7,3 --prs 3 --commits 4 --while "$(case_runner)" "$@" \
        > sim.json 2> sim.log &
    echo $! > sim.pid
    until [ -s sim.json ]; do kill -0 "$(cat sim.pid)" || { cat sim.log >&2; return 1; }; sleep 0.05; done
    line=$(head -1 sim.json)
    {
        echo "export BITBUCKET_BASE_URL=$(sed 's/.*"url":"\([^"]*\)".*/\1/' <<< "$line")"
        echo "export BITBUCKET_TOKEN=$(sed 's/.*"token":"\([^"]*\)".*/\1/' <<< "$line")"
    } > sim.env
}

# The process that runs the cases: what is started in a step ends with it at the latest.
case_runner() {
    ps -o ppid= -p $$ | tr -d ' '
}
