import fake_tree

check_build_time = fake_tree.load("check_build_time")


class CheckBuildTime(fake_tree.TreeTest):
    def test_seconds_of_the_compiler(self):
        self.assertAlmostEqual(72.5, check_build_time.seconds_of("0m0.000000s 0m0.000000s\n1m12.000000s 0m0.500000s\n"))
