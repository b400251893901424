#include "metadb/postgresql/libpq.h"

#include <dlfcn.h>

#include <string>

namespace forgehouse::metadb::postgresql {
namespace {

constexpr const char* kFile = "libpq.so.5";

Error not_usable(std::string reason) {
    return Error(Errc::Unavailable, "PostgreSQL's client library cannot be used")
        .with("library", kFile)
        .with("because", std::move(reason))
        .hint(
            "install it (Debian, Ubuntu: apt-get install libpq5), or keep the state in "
            "sqlite:PATH");
}

}  // namespace

Result<Libpq> Libpq::load() {
    void* const library = ::dlopen(kFile, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return Failure(not_usable(::dlerror()));
    Libpq made{};
    std::string missing;
    const auto find = [&](auto& into, const char* name) {
        void* const found = ::dlsym(library, name);
        if (found == nullptr) missing = name;
        into = reinterpret_cast<std::remove_reference_t<decltype(into)>>(found);
    };
#define FIND(NAME) find(made.NAME, "PQ" #NAME)
    FIND(conninfoParse), FIND(conninfoFree), FIND(connectStartParams), FIND(connectPoll);
    FIND(finish), FIND(status), FIND(socket), FIND(errorMessage), FIND(parameterStatus);
    FIND(serverVersion), FIND(setnonblocking), FIND(setNoticeProcessor);
    FIND(sendQuery), FIND(sendPrepare), FIND(sendQueryPrepared);
    FIND(flush), FIND(consumeInput), FIND(isBusy), FIND(getResult), FIND(clear);
    FIND(getCancel), FIND(cancel), FIND(freeCancel);
    FIND(resultStatus), FIND(resultErrorField), FIND(cmdStatus), FIND(cmdTuples);
    FIND(ntuples), FIND(nfields), FIND(ftype), FIND(getisnull), FIND(getvalue), FIND(getlength);
#undef FIND
    if (!missing.empty()) return Failure(not_usable("it has no " + missing));
    return made;
}

}  // namespace forgehouse::metadb::postgresql
