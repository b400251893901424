"""What is in a .zst file, by the library that the program is built with."""

import ctypes
import ctypes.util


class Buffer(ctypes.Structure):
    _fields_ = [("place", ctypes.c_void_p), ("size", ctypes.c_size_t), ("at", ctypes.c_size_t)]


def unpacked(raw):
    """All frames; what is cut short gives what is there."""
    library = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
    library.ZSTD_createDStream.restype = ctypes.c_void_p
    library.ZSTD_decompressStream.restype = ctypes.c_size_t
    stream = ctypes.c_void_p(library.ZSTD_createDStream())
    room = ctypes.create_string_buffer(1 << 17)
    source = Buffer(ctypes.cast(ctypes.c_char_p(raw), ctypes.c_void_p), len(raw), 0)
    out = []
    try:
        while True:
            piece = Buffer(ctypes.cast(room, ctypes.c_void_p), len(room), 0)
            left = library.ZSTD_decompressStream(stream, ctypes.byref(piece), ctypes.byref(source))
            if library.ZSTD_isError(ctypes.c_size_t(left)):
                raise ValueError("this is no zstd")
            out.append(room.raw[: piece.at])
            if source.at == len(raw) and piece.at < len(room):
                return b"".join(out)
    finally:
        library.ZSTD_freeDStream(stream)
