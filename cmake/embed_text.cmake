# Turns a text file into a function that returns it: a file that people can read, and a constant in the
# program.
#
#   forgehouse_embed_text(api "${CMAKE_CURRENT_SOURCE_DIR}/rest_v2/schemas.json"
#     HEADER api/rest_v2/description.h NAMESPACE forgehouse::api::rest_v2 FUNCTION schemas_json)
function(forgehouse_embed_text TARGET FILE)
  cmake_parse_arguments(ARG "" "HEADER;NAMESPACE;FUNCTION" "" ${ARGN})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${FILE}")
  file(READ "${FILE}" TEXT)
  set(OUT "${CMAKE_CURRENT_BINARY_DIR}/${ARG_FUNCTION}_data.cpp")
  file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT [[
// Made by cmake/embed_text.cmake.
#include "@ARG_HEADER@"

namespace @ARG_NAMESPACE@ {

std::string_view @ARG_FUNCTION@() noexcept {
    return R"text(@TEXT@)text";
}

}  // namespace @ARG_NAMESPACE@
]])
  target_sources(${TARGET} PRIVATE "${OUT}")
endfunction()
