# What holds for every target: language, warnings, sanitizers, precompiled header, compiler cache.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)

option(FORGEHOUSE_FUZZ "build the fuzz targets (clang only)" OFF)
set(FORGEHOUSE_SANITIZE "" CACHE STRING "sanitizers of the whole build: address,undefined or thread")

add_library(forgehouse_flags INTERFACE)
target_compile_options(forgehouse_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wmissing-field-initializers
  -fno-omit-frame-pointer -fstack-protector-strong)
option(FORGEHOUSE_WERROR "warnings are errors; ./run turns this off where the compiler is untried" ON)
if(FORGEHOUSE_WERROR)
  target_compile_options(forgehouse_flags INTERFACE -Werror)
endif()
# A mapper that forgets a column must not compile: both compilers say so for aggregates.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(forgehouse_flags INTERFACE -Wshadow)
else()
  target_compile_options(forgehouse_flags INTERFACE -Wshadow=local)
endif()
target_include_directories(forgehouse_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
# Shared libraries that a program does not call cost start-up time: leave them out.
target_link_options(forgehouse_flags INTERFACE -Wl,--as-needed)

if(FORGEHOUSE_SANITIZE)
  target_compile_options(forgehouse_flags INTERFACE
    -fsanitize=${FORGEHOUSE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(forgehouse_flags INTERFACE -fsanitize=${FORGEHOUSE_SANITIZE})
endif()
if(FORGEHOUSE_FUZZ)
  target_compile_options(forgehouse_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Every real compilation leaves the processor time it took in compile-times/ (check_build_time). With
# g++ the cache holds for every checkout of the same text; clang writes paths into its precompiled header.
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/compile-times")
set(COMPILE_CLOCK "${CMAKE_SOURCE_DIR}/tools/compile_clock")
target_compile_options(forgehouse_flags INTERFACE "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(forgehouse_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;CCACHE_PREFIX=${COMPILE_CLOCK}"
    "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
    "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR};CCACHE_NOHASHDIR=1;${CCACHE}")
else()
  set(CMAKE_CXX_COMPILER_LAUNCHER "${COMPILE_CLOCK}")
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
if(BUILD_TESTING OR FORGEHOUSE_FUZZ)
  find_package(GTest REQUIRED)
endif()
