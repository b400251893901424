# Turns views/<database>/<view>.sql into all_views(): a view is a file that people can read, and a
# constant in the program.
function(forgehouse_embed_views TARGET DIRECTORY)
  file(GLOB FILES CONFIGURE_DEPENDS RELATIVE "${DIRECTORY}" "${DIRECTORY}/*/*.sql")
  list(SORT FILES)
  set(ENTRIES "")
  foreach(FILE ${FILES})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${DIRECTORY}/${FILE}")
    file(READ "${DIRECTORY}/${FILE}" SQL)
    get_filename_component(DATABASE "${FILE}" DIRECTORY)
    get_filename_component(NAME "${FILE}" NAME_WE)
    string(STRIP "${SQL}" SQL)
    string(APPEND ENTRIES
      "    View{\"${DATABASE}\", \"${NAME}\", R\"sql(${SQL})sql\"},\n")
  endforeach()
  list(LENGTH FILES COUNT)
  set(OUT "${CMAKE_CURRENT_BINARY_DIR}/views_data.cpp")
  file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT [[
// Made by cmake/embed_views.cmake from the .sql files.
#include "warehouse/clickhouse/views.h"

namespace forgehouse::warehouse::clickhouse {
namespace {
constexpr View kViews[] = {
@ENTRIES@};
}  // namespace

std::span<const View> all_views() noexcept {
    return kViews;
}

}  // namespace forgehouse::warehouse::clickhouse
]])
  target_sources(${TARGET} PRIVATE "${OUT}")
endfunction()
