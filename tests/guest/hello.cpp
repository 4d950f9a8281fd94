#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

thread_local int per_thread = 41;

int main()
{
	std::map<std::string, std::vector<int>> numbers{{"one", {1}}, {"two", {1, 2}}};

	try {
		numbers.at("three");
	} catch (const std::out_of_range &) {
		std::cout << "caught " << ++per_thread << std::endl;
	}
	for (const auto &[name, list] : numbers)
		std::cout << name << " " << list.size() << "\n";
	std::cerr << "to stderr\n";
	return 3;
}
