#include "net/multipart_stream.h"

#include <gtest/gtest.h>

#include "net/form.h"

namespace forgehouse::net {
namespace {

class Pieces final : public BodyReader {
public:
    Pieces(std::string text, std::size_t size) : text_(std::move(text)), size_(size) {}
    Result<std::string_view> read(exec::Context&, std::size_t wanted) override {
        const std::string_view part = std::string_view(text_).substr(at_, std::min(wanted, size_));
        at_ += part.size();
        return part;
    }
    std::optional<std::uint64_t> length() const noexcept override { return std::nullopt; }

private:
    std::string text_;
    std::size_t size_, at_ = 0;
};

/// `NAME/FILE=BYTES;` of each part, and the error's reason at the end.
std::string read_all(const std::string& text, std::size_t size) {
    Pieces body(text, size);
    MultipartStream stream(body, "XX");
    exec::Context ctx;
    std::string out;
    for (;;) {
        const auto part = stream.next(ctx);
        if (!part) return out + "!" + std::string(part.error().field("reason"));
        if (!*part) return out;
        out += (*part)->name + "/" + (*part)->filename.value_or("-") + "=";
        for (;;) {
            const auto bytes = stream.read(ctx);
            if (!bytes) return out + "!" + std::string(bytes.error().field("reason"));
            if (bytes->empty()) break;
            out += *bytes;
        }
        out += ";";
    }
}

void expect(const std::string& text, const std::string& wanted) {
    for (const std::size_t size : {1U, 2U, 3U, 7U, 4096U})
        EXPECT_EQ(read_all(text, size), wanted) << "pieces of " << size;
}

constexpr const char* kDisposition = "Content-Disposition: form-data; ";

TEST(MultipartStream, GivesThePartsWhateverThePiecesAre) {
    const std::string text = "a preamble\r\n--XX\r\n" + std::string(kDisposition) +
                             "name=\"files\"; filename=\"a;\\\"b\\\".txt\"\r\n"
                             "Content-Type: text/plain\r\n\r\n"
                             "one\r\n--X\r\ntwo\r\n--XX  \r\n" +
                             "CONTENT-disposition: form-data; name=plain\r\n\r\n\r\n--XX--\r\n";
    expect(text, "files/a;\"b\".txt=one\r\n--X\r\ntwo;plain/-=;");
}

TEST(MultipartStream, PassesOverWhatNobodyReads) {
    Pieces body("--XX\r\n\r\n" + std::string(200'000, 'x') + "\r\n--XX\r\n\r\ny\r\n--XX--", 4096);
    MultipartStream stream(body, "XX");
    exec::Context ctx;
    ASSERT_TRUE(stream.next(ctx).value());
    ASSERT_TRUE(stream.next(ctx).value());
    EXPECT_EQ(stream.read(ctx).value(), "y");
    EXPECT_FALSE(stream.next(ctx).value());
    EXPECT_FALSE(stream.next(ctx).value());
}

TEST(MultipartStream, RefusesWhatIsCutOrNoForm) {
    expect("", "!it breaks off");
    expect("--XX\r\n\r\ncut", "/-=!it breaks off");
    expect("--XX\r\nno colon\r\n\r\n", "!a line of a head has no colon");
    expect("--XXY\r\n", "!a boundary does not end its line");
    EXPECT_EQ(read_all("--XX\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n", 4096),
              "!a head is too long");
    std::string many;
    for (int i = 0; i < 101; ++i) many += "--XX\r\n\r\n\r\n";
    EXPECT_TRUE(read_all(many, 4096).ends_with("!it has too many parts"));
}

TEST(MultipartStream, ReadsTheBoundary) {
    EXPECT_EQ(form_boundary("Multipart/Form-Data; a=b; Boundary=\"x y\""), "x y");
    EXPECT_EQ(form_boundary("multipart/form-data; boundary=xy"), "xy");
    EXPECT_EQ(form_boundary("multipart/form-data"), "");
    EXPECT_EQ(form_boundary("text/plain; boundary=xy"), "");
}

}  // namespace
}  // namespace forgehouse::net
