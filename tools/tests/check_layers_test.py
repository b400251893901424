import fake_tree

check_layers = fake_tree.load("check_layers")


class CheckLayers(fake_tree.TreeTest):
    """A tree of two rooms that is right; each test makes one thing wrong."""

    def setUp(self):
        super().setUp()
        self.table("base | | fmt/", "net | base | curl/")
        self.write("src/base/CMakeLists.txt", "forgehouse_room(base)\n")
        self.write("src/net/CMakeLists.txt", "forgehouse_room(net DEPS base)\n")
        self.write("src/base/text.h", "#include <fmt/format.h>\n#include <vector>\n")
        self.write("src/net/client.h", '#include <curl/curl.h>\n#include "base/text.h"\n')

    def table(self, *lines):
        self.write("tools/layers.txt", "# room | rooms | headers\n" + "\n".join(lines) + "\n")

    def problems(self):
        return check_layers.check(self.root)

    def assert_problem(self, *parts):
        found = self.problems()
        self.assertEqual(1, len(found), found)
        for part in parts:
            self.assertIn(part, found[0])

    def test_right_tree_passes(self):
        self.assertEqual([], self.problems())

    def test_lower_room_may_not_include_upper(self):
        self.write("src/base/loop.h", '\n#include "net/client.h"\n')
        self.assert_problem("src/base/loop.h:2", "'base' may not include 'net'")

    def test_header_of_another_room_is_refused(self):
        self.write("src/base/fetch.cpp", "#include <curl/curl.h>\n")
        self.assert_problem("src/base/fetch.cpp:1", "<curl/curl.h>")

    def test_unused_room_is_a_problem(self):
        self.table("base | | fmt/", "net | base | curl/", "git | base |")
        self.assert_problem("'git' does not use 'base'")

    def test_unused_header_is_a_problem(self):
        self.table("base | | fmt/ boost/", "net | base | curl/")
        self.assert_problem("'base' does not use 'boost/'")

    def test_simulators_may_not_include_what_they_are_to_judge(self):
        self.table("base | | fmt/", "net | base | curl/", "tests/sim | base |")
        self.write("tests/sim/core/model.h", '#include "base/text.h"\n')
        self.write("tests/sim/core/life.cpp", '#include "sim/core/model.h"\n')
        self.assertEqual([], self.problems())
        self.write("tests/sim/core/world.cpp", '\n#include "net/client.h"\n')
        self.assert_problem("tests/sim/core/world.cpp:2", "'tests/sim' may not include 'net'")

    def test_commented_include_does_not_count(self):
        self.write("src/net/client.h", '#include <curl/curl.h>\n// #include "base/text.h"\n')
        self.assert_problem("'net' does not use 'base'")

    def test_include_in_a_raw_string_does_not_count(self):
        self.write("src/base/sample.cpp", 'auto s = R"x(\n#include "nothing/here.h"\n)x";\n')
        self.write("src/base/real.cpp", '#include "nothing/there.h"\n')
        self.assert_problem("src/base/real.cpp:1")

    def test_file_outside_every_room_is_a_problem(self):
        self.write("src/stray/x.cpp", "#include <vector>\n")
        self.assert_problem("src/stray/x.cpp", "no room")

    def test_path_is_written_from_src(self):
        self.write("src/base/text.cpp", '#include "text.h"\n')
        self.assert_problem("src/base/text.cpp:1", "write the path from src/")

    def test_folder_of_an_adapter_is_a_room_of_its_own(self):
        self.table("base | | fmt/", "net | base | curl/", "objects/local | base |", "objects/s3 | base |")
        self.write("src/objects/local/a.cpp", '#include "base/text.h"\n')
        self.write("src/objects/s3/b.cpp", '#include "base/text.h"\n#include "objects/local/a.h"\n')
        self.write("src/objects/local/a.h", "")
        self.assert_problem("src/objects/s3/b.cpp:2", "'objects/s3' may not include 'objects/local'")

    def test_tests_may_include_googletest_but_code_may_not(self):
        self.write("src/base/text_test.cpp", "#include <gtest/gtest.h>\n")
        self.assertEqual([], self.problems())
        self.write("src/base/check.h", "#include <gtest/gtest.h>\n")
        self.assert_problem("src/base/check.h:1")

    def test_tests_may_include_what_test_deps_names(self):
        self.write("src/base/fetch_test.cpp", '#include "net/client.h"\n')
        self.assert_problem("name it in TEST_DEPS")
        self.write("src/base/CMakeLists.txt", "forgehouse_room(base LIBS x TEST_DEPS net)\n")
        self.assertEqual([], self.problems())

    def test_unused_test_dep_is_a_problem(self):
        self.write("src/base/CMakeLists.txt", "forgehouse_room(base TEST_DEPS net)\n")
        self.write("src/base/text_test.cpp", "#include <gtest/gtest.h>\n")
        self.assert_problem("src/base/CMakeLists.txt", "'net'")

    def test_what_tests_share_counts_as_theirs(self):
        self.write("tests/support/forge.h", '#include "net/client.h"\n')
        self.write("src/base/fetch_test.cpp", '#include "support/forge.h"\n')
        self.assert_problem("src/base/fetch_test.cpp:1", "name it in TEST_DEPS")
        self.write("src/base/CMakeLists.txt", "forgehouse_room(base TEST_DEPS net)\n")
        self.assertEqual([], self.problems())

    def test_permission_that_only_tests_use_is_unused(self):
        self.table("base | | fmt/", "net | base | curl/", "git | base |")
        self.write("src/git/CMakeLists.txt", "forgehouse_room(git DEPS base)\n")
        self.write("src/git/refs_test.cpp", '#include "base/text.h"\n')
        self.assert_problem("'git' does not use 'base'")

    def test_star_allows_every_room(self):
        self.table("base | | fmt/", "net | base | curl/", "app | * |")
        self.write("src/app/main.cpp", '#include "net/client.h"\n')
        self.assertEqual([], self.problems())

    def test_headers_for_everybody(self):
        self.table("* | | fmt/", "base | |", "net | base | curl/")
        self.assertEqual([], self.problems())
        self.table("* | | fmt/ absl/", "base | |", "net | base | curl/")
        self.assert_problem("'*' does not use 'absl/'")

    def test_unknown_room_in_the_table_is_a_problem(self):
        self.table("base | | fmt/", "net | base nett | curl/")
        self.assertTrue(any("'nett' is not a room" in p for p in self.problems()))
