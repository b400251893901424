import os
import shutil

import fake_tree

check_rules = fake_tree.load("check_rules")


class CheckRules(fake_tree.TreeTest):
    def setUp(self):
        super().setUp()
        os.makedirs(os.path.join(self.root, "tools"))
        shutil.copy(os.path.join(fake_tree.TOOLS, "rules.txt"), os.path.join(self.root, "tools/rules.txt"))

        self.write("src/git/README.md", "")
        self.write("src/exec/README.md", "")
        self.write("src/base/README.md", "")
        self.write("src/app/README.md", "")

    def breaches(self, path, text):
        self.write(path, text)
        return check_rules.check(self.root)

    def assert_breach(self, path, text, *parts):
        found = self.breaches(path, text)
        self.assertEqual(1, len(found), found)
        for part in parts:
            self.assertIn(part, found[0])

    def test_clean_code_passes(self):
        self.assertEqual([], self.breaches("src/git/a.cpp", "int main() { return 0; }\n"))

    def test_throw(self):
        self.assert_breach("src/git/a.cpp", "\nvoid f() { throw 1; }\n", "src/git/a.cpp:2", "we do not throw")

    def test_words_in_comments_and_quotes_are_no_code(self):
        self.assertEqual([], self.breaches("src/git/a.cpp", '// they throw\nauto s = "throw";\n'))

    def test_clock_only_where_it_may(self):
        text = "auto t = std::chrono::system_clock::now();\n"
        self.assertEqual([], self.breaches("src/exec/clock.h", text))
        self.assert_breach("src/git/a.cpp", text, "exec::Clock")

    def test_environment_only_where_it_may(self):
        text = 'auto h = std::getenv("HOME");\n'
        self.assertEqual([], self.breaches("src/app/main.cpp", text))
        self.assert_breach("src/git/a.cpp", text, "getenv")

    def test_tests_may_read_the_environment(self):
        self.assertEqual([], self.breaches("src/git/a_test.cpp", 'auto u = std::getenv("UPDATE_GOLDEN");\n'))

    def test_empty_names(self):
        self.assert_breach("src/git/a.h", "class PackManager;\n", "PackManager")
        self.assert_breach("src/git/a.h", "class EngineImpl;\n", "EngineImpl")
        self.assertEqual([], self.breaches("src/git/a.h", "class Implicit; class ServiceLevel;\n"))

    def test_skipped_test(self):
        self.assert_breach("src/git/a_test.cpp", "TEST(A, B) { GTEST_SKIP(); }\n", "does not run")

    def test_unfinished_words(self):
        self.assert_breach("src/git/a.h", "// " + "TO" + "DO: later\n", "finish it")
        self.assert_breach("src/git/a.h", "// FIX" + "ME later\n", "finish it")
        self.assertEqual([], self.breaches("src/git/a.h", "// FIX" + "ME(#12): git 2.41 mends it\n"))

    def test_long_file(self):
        self.assert_breach("src/git/a.cpp", "\n" * (check_rules.LONGEST_FILE + 1), "split")

    def test_room_without_readme(self):
        self.assert_breach("src/net/a.h", "", "src/net", "README")

    def test_expected_has_one_home(self):
        text = "#include <expected>\nstd::expected<int, int> x;\n"
        self.assertEqual([], self.breaches("src/base/result.h", text))
        self.assertEqual(2, len(self.breaches("src/git/a.h", text)))
