# A room is a folder of src/: its *.cpp make a static library of the room's name, its *_test.cpp one
# test program `<room>_tests`. Fuzz targets are `<name>_fuzz.cpp`. A room says what it links, and
# nothing else. What stands in a folder `testing/` belongs to the tests. A `main.cpp` is left to the program that the room builds of it.
#
#   forgehouse_room(git CONCURRENT DEPS base exec LIBS ZLIB::ZLIB TEST_DEPS warehouse)
#
# CONCURRENT: its tests start threads; the target concurrent_tests and the ctest label `concurrent`
# hold them all, for ThreadSanitizer. SHARDS n: its tests run as n processes side by side.
function(forgehouse_room ROOM)
  cmake_parse_arguments(ARG "CONCURRENT" "SHARDS" "DEPS;LIBS;TEST_DEPS;TEST_LIBS" ${ARGN})
  file(GLOB_RECURSE ALL CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  set(SOURCES ${ALL})
  list(FILTER SOURCES EXCLUDE REGEX "(_(test|fuzz)|/main|/testing/[^/]+)\\.cpp$")
  set(TESTS ${ALL})
  list(FILTER TESTS INCLUDE REGEX "(_test|/testing/[^/]+)\\.cpp$")
  set(FUZZERS ${ALL})
  list(FILTER FUZZERS INCLUDE REGEX "_fuzz\\.cpp$")

  set(SCOPE PUBLIC)
  if(SOURCES)
    add_library(${ROOM} STATIC ${SOURCES})
    forgehouse_precompile(${ROOM})
  else()
    add_library(${ROOM} INTERFACE)
    set(SCOPE INTERFACE)
  endif()
  target_link_libraries(${ROOM} ${SCOPE} forgehouse_flags ${ARG_DEPS} ${ARG_LIBS})

  if(TESTS AND BUILD_TESTING)
    add_executable(${ROOM}_tests ${TESTS})
    forgehouse_precompile(${ROOM}_tests)
    target_link_libraries(${ROOM}_tests PRIVATE ${ROOM} ${ARG_TEST_DEPS} ${ARG_TEST_LIBS}
      GTest::gmock GTest::gtest_main)
    target_compile_definitions(${ROOM}_tests PRIVATE
      FORGEHOUSE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" FORGEHOUSE_ROOM_DIR="${CMAKE_CURRENT_SOURCE_DIR}"
      FORGEHOUSE_BINARY_DIR="${CMAKE_BINARY_DIR}")
    forgehouse_register_tests(${ROOM} "${ARG_SHARDS}" "${ARG_CONCURRENT}")
  endif()

  if(FORGEHOUSE_FUZZ)
    foreach(FUZZER ${FUZZERS})
      get_filename_component(NAME ${FUZZER} NAME_WE)
      add_executable(${NAME} ${FUZZER})
      forgehouse_precompile(${NAME})
      target_link_libraries(${NAME} PRIVATE ${ROOM} ${ARG_TEST_DEPS} -fsanitize=fuzzer)
    endforeach()
  endif()
endfunction()

# One ctest for a room, or one for each shard of it; each leaves test-results/<name>.xml.
function(forgehouse_register_tests ROOM SHARDS CONCURRENT)
  if(NOT SHARDS)
    set(SHARDS 1)
  endif()
  math(EXPR LAST "${SHARDS} - 1")
  foreach(INDEX RANGE ${LAST})
    set(NAME ${ROOM})
    if(SHARDS GREATER 1)
      set(NAME ${ROOM}.${INDEX})
    endif()
    add_test(NAME ${NAME} COMMAND ${ROOM}_tests
      --gtest_output=xml:${CMAKE_BINARY_DIR}/test-results/${NAME}.xml)
    set_tests_properties(${NAME} PROPERTIES TIMEOUT 600 LABELS "${ROOM}"
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${SHARDS};GTEST_SHARD_INDEX=${INDEX}")
    if(CONCURRENT)
      set_property(TEST ${NAME} APPEND PROPERTY LABELS concurrent)
    endif()
  endforeach()
  if(CONCURRENT)
    if(NOT TARGET concurrent_tests)
      add_custom_target(concurrent_tests)
    endif()
    add_dependencies(concurrent_tests ${ROOM}_tests)
  endif()
endfunction()

# All targets share one precompiled header; it holds the standard library and fmt only.
function(forgehouse_precompile TARGET)
  if(NOT TARGET forgehouse_pch)
    add_library(forgehouse_pch STATIC "${CMAKE_SOURCE_DIR}/cmake/pch.cpp")
    target_link_libraries(forgehouse_pch PUBLIC forgehouse_flags fmt::fmt Threads::Threads)
    target_precompile_headers(forgehouse_pch PRIVATE "${CMAKE_SOURCE_DIR}/cmake/pch.h")
  endif()
  target_link_libraries(${TARGET} PUBLIC fmt::fmt Threads::Threads)
  target_precompile_headers(${TARGET} REUSE_FROM forgehouse_pch)
endfunction()
