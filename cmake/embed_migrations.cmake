# Turns migrations/<part>/<number>_<name>.sql into all_migrations(): a migration is a file that people
# can read, and a constant in the program.
function(forgehouse_embed_migrations TARGET DIRECTORY)
  file(GLOB FILES CONFIGURE_DEPENDS RELATIVE "${DIRECTORY}" "${DIRECTORY}/*/*.sql")
  list(SORT FILES)
  set(ENTRIES "")
  foreach(FILE ${FILES})
    if(NOT FILE MATCHES "^(global|shard)/([0-9][0-9][0-9][0-9])_([a-z0-9_]+)\\.sql$")
      message(FATAL_ERROR "no name of a migration: ${DIRECTORY}/${FILE}; it is global|shard/NNNN_name.sql")
    endif()
    set(PART "${CMAKE_MATCH_1}")
    set(NAME "${CMAKE_MATCH_3}")
    # 0010 would be octal.
    string(REGEX REPLACE "^0+" "" NUMBER "${CMAKE_MATCH_2}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${DIRECTORY}/${FILE}")
    file(READ "${DIRECTORY}/${FILE}" SQL)
    string(STRIP "${SQL}" SQL)
    string(APPEND ENTRIES
      "    Migration{\"${PART}\", ${NUMBER}, \"${NAME}\", R\"sql(${SQL})sql\"},\n")
  endforeach()
  set(OUT "${CMAKE_CURRENT_BINARY_DIR}/migrations_data.cpp")
  file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT [[
// Made by cmake/embed_migrations.cmake from the .sql files.
#include "metadb/migrations.h"

namespace forgehouse::metadb {
namespace {
constexpr Migration kMigrations[] = {
@ENTRIES@};
}  // namespace

std::span<const Migration> all_migrations() noexcept {
    return kMigrations;
}

}  // namespace forgehouse::metadb
]])
  target_sources(${TARGET} PRIVATE "${OUT}")
endfunction()
