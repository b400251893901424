#include "app/terminal/stream_table.h"

namespace forgehouse::app::terminal {
namespace {

constexpr std::size_t kMeasuredRows = 1000;
constexpr std::size_t kMeasuredBytes = 4u << 20;
constexpr std::size_t kWriteBytes = 64u << 10;

}  // namespace

Result<void> StreamTable::columns(std::vector<TableColumn> columns) {
    columns_ = std::move(columns);
    return {};
}

Result<void> StreamTable::row(std::vector<Cell> cells) {
    ++rows_;
    if (!layout_) {
        for (const Cell& cell : cells) held_bytes_ += cell ? cell->size() : 0;
        held_.push_back(std::move(cells));
        return held_.size() < kMeasuredRows && held_bytes_ < kMeasuredBytes ? Result<void>()
                                                                            : settle();
    }
    out_ += laid_out(cells);
    if (out_.size() < kWriteBytes) return {};
    TRY(print_(out_));
    out_.clear();
    return {};
}

Result<void> StreamTable::settle() {
    layout_.emplace(columns_);
    layout_->measure(held_, screen_);
    upright_ = layout_->crowded() && shape_ == Shape::AsFits && !held_.empty();
    out_ = upright_ ? std::string() : layout_->header(screen_);
    for (const auto& row : held_) out_ += laid_out(row);
    held_ = {};
    TRY(print_(out_));
    out_.clear();
    return {};
}

std::string StreamTable::laid_out(const std::vector<Cell>& cells) {
    ++written_;
    return upright_ ? upright(columns_, cells, written_, screen_) : layout_->row(cells, screen_);
}

StreamTable::Written StreamTable::written() const noexcept {
    if (upright_) return Written::Upright;
    return layout_ && layout_->has_cut() ? Written::Cut : Written::Whole;
}

Result<void> StreamTable::finish() {
    if (!layout_ && !columns_.empty()) TRY(settle());
    if (!out_.empty()) TRY(print_(out_));
    return {};
}

}  // namespace forgehouse::app::terminal
