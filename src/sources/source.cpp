#include "sources/source.h"

namespace forgehouse::sources {

std::string full_name(const RepoRef& repo) {
    return repo.project_key.empty() ? repo.repo_slug : repo.project_key + '/' + repo.repo_slug;
}

}  // namespace forgehouse::sources
