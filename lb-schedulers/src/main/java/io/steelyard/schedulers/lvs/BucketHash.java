package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import java.util.List;

/** How an address becomes one of a power of two of buckets: the kernel's multiplicative hash, of which it had two. */
enum BucketHash {
    /** {@code hash_32}: the upper bits of the product with 0x61C88647. */
    NEW {
        @Override
        int bucket(int value, int bits) {
            return value * 0x61C8_8647 >>> 32 - bits;
        }
    },
    /** Older kernels: the lower bits of the product with 2654435761, so that only the lower bits of the address count. */
    OLD {
        @Override
        int bucket(int value, int bits) {
            return value * 0x9E37_79B1 & (1 << bits) - 1;
        }
    };

    /** The option that chooses between them. */
    static final OptionSpec OPTION =
            OptionSpec.choice("hash", List.of("new", "old"), "the hash of kernels since 4.14 (new) or before (old)");

    /** The bucket of a value, from 0 to {@code 2^bits - 1}. */
    abstract int bucket(int value, int bits);

    static BucketHash of(Options options) {
        return options.text(OPTION.name()).equals("old") ? OLD : NEW;
    }
}
