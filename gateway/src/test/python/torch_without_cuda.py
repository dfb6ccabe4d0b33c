"""Makes PyPI's torch for Linux importable without the gigabytes of NVIDIA's libraries.

torch is linked to them, and without a GPU it calls none of them but the CUDA runtime, which is small
and must be installed: the loader only wants each to be there. This writes a shared library without
any function for each of the others, beside torch's own. It is for programs that run with
TORCH_USE_RTLD_GLOBAL=1, which lets the loader look for functions as they are called. Elsewhere than
on Linux there is nothing to do.
"""

import platform
import struct
import sysconfig
from pathlib import Path

MISSING = {
    "libcublas.so.13": [],
    "libcupti.so.13": [],
    "libcublasLt.so.13": [],
    # The address of this one is taken when torch is loaded. It is not where it belongs, because
    # there the loader would look for its version.
    "libcudnn.so.9": ["nvshmem_selected_device_transport"],
    "libcufft.so.12": [],
    "libcufile.so.0": [],
    "libcusolver.so.12": [],
    "libcusparse.so.12": [],
    "libcusparseLt.so.0": [],
    "libnccl.so.2": [],
    "libnvrtc.so.13": [],
    "libnvshmem_host.so.3": [],
}
MACHINES = {"x86_64": 62, "aarch64": 183}
PAGE = 0x10000
LOAD, DYNAMIC, STACK = 1, 2, 0x6474E551
HASH, STRTAB, SYMTAB, STRSZ, SYMENT, SONAME = 4, 5, 6, 10, 11, 14
ABSOLUTE_SECTION, GLOBAL_OBJECT = 0xFFF1, 0x11


def library(soname, symbols):
    """An ELF file of one read-only segment: header, name table, symbols, hash table, dynamic section."""
    names = b"\0" + b"".join(name.encode() + b"\0" for name in [soname, *symbols])
    offsets = {name: names.index(b"\0" + name.encode() + b"\0") + 1 for name in [soname, *symbols]}
    table = bytes(24) + b"".join(
        struct.pack("<IBBHQQ", offsets[name], GLOBAL_OBJECT, 0, ABSOLUTE_SECTION, 0, 8) for name in symbols
    )
    count = len(symbols) + 1
    # One bucket: a chain through all symbols, from the last to the first.
    chain = [0, *range(count - 1)] if count > 1 else [0]
    buckets = struct.pack("<III", 1, count, count - 1) + struct.pack(f"<{count}I", *chain)
    at = 64 + 3 * 56
    symtab = at
    strings = symtab + len(table)
    hashes = (strings + len(names) + 7) // 8 * 8
    dynamic = (hashes + len(buckets) + 7) // 8 * 8
    entries = [(HASH, hashes), (STRTAB, strings), (SYMTAB, symtab), (STRSZ, len(names)), (SYMENT, 24)]
    entries += [(SONAME, offsets[soname]), (0, 0)]
    section = b"".join(struct.pack("<qQ", *entry) for entry in entries)
    end = dynamic + len(section)
    header = struct.pack(
        "<16sHHIQQQIHHHHHH",
        b"\x7fELF\x02\x01\x01",
        3,
        MACHINES[platform.machine()],
        1,
        0,
        64,
        0,
        0,
        64,
        56,
        3,
        64,
        0,
        0,
    )
    segments = [
        (LOAD, 6, 0, end, PAGE),
        (DYNAMIC, 6, dynamic, len(section), 8),
        (STACK, 6, 0, 0, 16),
    ]
    for kind, flags, offset, size, align in segments:
        header += struct.pack("<IIQQQQQQ", kind, flags, offset, offset, offset, size, size, align)
    body = (header + table + names).ljust(hashes, b"\0") + buckets
    return body.ljust(dynamic, b"\0") + section


def main():
    if platform.system() != "Linux":
        return
    folder = Path(sysconfig.get_path("purelib"), "torch", "lib")
    for soname, symbols in MISSING.items():
        Path(folder, soname).write_bytes(library(soname, symbols))


main()
