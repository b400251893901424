#include "ports/metadb.h"

namespace forgehouse::ports {

// Not inline: g++ 12 sees values that may be uninitialized where it is.
Sql& Sql::bind(SqlValue value) & {
    values_.push_back(std::move(value));
    text_ += '$';
    text_ += std::to_string(values_.size());
    return *this;
}

}  // namespace forgehouse::ports
