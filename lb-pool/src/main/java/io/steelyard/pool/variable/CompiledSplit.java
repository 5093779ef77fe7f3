package io.steelyard.pool.variable;

import io.steelyard.api.text.VariableDefinition.Share;
import io.steelyard.api.text.VariableDefinition.Split;

/** A split: the share in which the key's hash lies (nginx {@code ngx_stream_split_clients_module.c}). */
final class CompiledSplit implements CompiledVariable {
    private static final long MOST = 0xFFFF_FFFFL;

    private final CompiledTemplate key;
    /** The first hash beyond each share; above all hashes for the rest. */
    private final long[] ends;

    private final String[] values;

    CompiledSplit(Split split) {
        key = new CompiledTemplate(split.key());
        int count = split.shares().size();
        ends = new long[count];
        values = new String[count];
        long end = 0;
        for (int i = 0; i < count; i++) {
            var share = split.shares().get(i);
            if (share.hundredths() != Share.REST) {
                end += share.hundredths() * MOST / 10_000;
            }
            ends[i] = share.hundredths() == Share.REST ? MOST + 1 : end;
            values[i] = Raw.ofText(share.value());
        }
    }

    @Override
    public String value(Evaluation evaluation) {
        long hash = Integer.toUnsignedLong(murmur2(Raw.toBytes(evaluation.raw(key))));
        for (int i = 0; i < ends.length; i++) {
            if (hash < ends[i]) {
                return values[i];
            }
        }
        return "";
    }

    /** MurmurHash2 of 32 bits with seed 0 (A. Appleby; public domain). */
    static int murmur2(byte[] bytes) {
        int multiplier = 0x5BD1_E995;
        int hash = bytes.length;
        int at = 0;
        for (; at + 4 <= bytes.length; at += 4) {
            int word = (bytes[at] & 0xFF)
                    | ((bytes[at + 1] & 0xFF) << 8)
                    | ((bytes[at + 2] & 0xFF) << 16)
                    | (bytes[at + 3] << 24);
            word *= multiplier;
            word ^= word >>> 24;
            hash = (hash * multiplier) ^ (word * multiplier);
        }
        if (at < bytes.length) {
            for (int i = bytes.length - 1; i >= at; i--) {
                hash ^= (bytes[i] & 0xFF) << ((i - at) * 8);
            }
            hash *= multiplier;
        }
        hash ^= hash >>> 13;
        hash *= multiplier;
        return hash ^ (hash >>> 15);
    }
}
