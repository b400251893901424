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
