// forgehouse-sim: a forge for tests. README.md says what it serves.
#include "sim/program.h"

int main(int argc, char** argv) {
    return forgehouse::sim::run_program({argv + 1, argv + argc});
}
