import os

import fake_tree

count_tests = fake_tree.load("count_tests")

PASSED = '<testsuites><testsuite name="A"><testcase name="one" classname="A" status="run"/></testsuite></testsuites>'
FAILED = PASSED.replace("/></testsuite>", "><failure message='x'/></testcase></testsuite>")


class CountTests(fake_tree.TreeTest):
    def outcomes(self, text):
        self.write("a.xml", text)
        return [outcome for _, outcome in count_tests.cases(os.path.join(self.root, "a.xml"))]

    def test_passed(self):
        self.assertEqual(["passed"], self.outcomes(PASSED))

    def test_failed(self):
        self.assertEqual(["failed"], self.outcomes(FAILED))

    def test_skipped(self):
        self.assertEqual(["skipped"], self.outcomes(PASSED.replace('"run"', '"notrun"')))

    def test_cut_short(self):
        self.assertEqual(["failed"], self.outcomes(PASSED[:40]))

    def test_programs_of_ctest(self):
        self.write("c.xml", '<testsuite><testcase name="git" status="run"/><testcase name="net" status="fail"/>'
                   '<testcase name="disk" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>'
                   '<testcase name="gone" status="notrun"><skipped message="Unable to find executable"/></testcase></testsuite>')
        found = count_tests.programs(os.path.join(self.root, "c.xml"))
        self.assertEqual({"git": "passed", "net": "failed", "disk": "skipped", "gone": "failed"}, found)
