package io.steelyard.http.h2;

/**
 * The Huffman code of header compression (RFC 7541 section 5.2 and appendix B). The code is canonical, so that the lengths of its codes are
 * all there is to say. Decoding goes four bits at a time through a table made from them.
 */
final class Huffman {
    /** The length in bits of each octet's code, 5 as A and so on to 30 as Z. */
    private static final String LENGTHS = "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXX" + "BFFHIBDGFFDGDBBBAAABBBBBBBCDKBHF"
            + "IBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJB" + "KABABABBBACCBBBABCBAABCCCCCKGJIX"
            + "PRPPRRRSRSSSSSTSTTRSTSSSSQRSRSST" + "RQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS"
            + "VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWW" + "PTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWV";

    private static final int SYMBOLS = 256;
    private static final int LONGEST = 30;

    private static final int[] CODES = new int[SYMBOLS];
    private static final byte[] BITS = new byte[SYMBOLS];

    /** For each state and four bits: the next state, and the octet that came out where {@link #EMITS} is set. */
    private static final int[] STEPS = new int[SYMBOLS * 16];

    private static final int EMITS = 0x100;
    private static final int FAILS = 0x200;

    /** Whether a text may end in a state: what is left of its last octet is the beginning of the end-of-string code, less than eight bits. */
    private static final boolean[] IS_END = new boolean[SYMBOLS];

    static {
        int code = 0;
        for (int length = 5; length <= LONGEST; length++) {
            for (int symbol = 0; symbol < SYMBOLS; symbol++) {
                if (LENGTHS.charAt(symbol) - 'A' + 5 == length) {
                    CODES[symbol] = code++;
                    BITS[symbol] = (byte) length;
                }
            }
            code <<= 1;
        }
        fillSteps();
    }

    private Huffman() {}

    /** Bytes of a text once encoded. */
    static int encodedLength(byte[] text, int from, int to) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            bits += BITS[text[i] & 0xff];
        }
        return (int) ((bits + 7) >>> 3);
    }

    /** Encodes a text and returns the index behind it. */
    static int encode(byte[] text, int from, int to, byte[] target, int at) {
        int out = at;
        long pending = 0;
        int bits = 0;
        for (int i = from; i < to; i++) {
            int octet = text[i] & 0xff;
            pending = pending << BITS[octet] | CODES[octet];
            bits += BITS[octet];
            while (bits >= 8) {
                bits -= 8;
                target[out++] = (byte) (pending >>> bits);
            }
        }
        if (bits > 0) {
            target[out++] = (byte) (pending << (8 - bits) | 0xff >>> bits);
        }
        return out;
    }

    /** The most bytes that so many can be decoded into. */
    static int mostDecoded(int length) {
        return length * 8 / 5;
    }

    /** Decodes a text and returns the index behind it; -1 where it is no Huffman code or its padding is wrong. */
    static int decode(byte[] text, int from, int to, byte[] target, int at) {
        int out = at;
        int state = 0;
        for (int i = from; i < to; i++) {
            int octet = text[i];
            for (int shift = 4; shift >= 0; shift -= 4) {
                int step = STEPS[state << 4 | octet >>> shift & 0xf];
                if ((step & EMITS) != 0) {
                    target[out++] = (byte) step;
                }
                if ((step & FAILS) != 0) {
                    return -1;
                }
                state = step >>> 16;
            }
        }
        return IS_END[state] ? out : -1;
    }

    /** Makes the tree of all codes, whose inner nodes are the states, and walks it for each state and four bits. */
    private static void fillSteps() {
        // A child is a node, or ~symbol for a leaf; 0 is what only the end-of-string code reaches.
        int[] children = new int[SYMBOLS * 2];
        int nodes = 1;
        for (int symbol = 0; symbol < SYMBOLS; symbol++) {
            int node = 0;
            for (int bit = BITS[symbol] - 1; bit > 0; bit--) {
                int child = node << 1 | CODES[symbol] >>> bit & 1;
                if (children[child] == 0) {
                    children[child] = nodes++;
                }
                node = children[child];
            }
            children[node << 1 | CODES[symbol] & 1] = ~symbol;
        }
        for (int state = 0; state < nodes; state++) {
            for (int four = 0; four < 16; four++) {
                STEPS[state << 4 | four] = walk(children, state, four);
            }
        }
        int node = 0;
        for (int depth = 0; depth < 8; depth++) {
            IS_END[node] = true;
            node = children[node << 1 | 1];
        }
    }

    private static int walk(int[] children, int state, int four) {
        int node = state;
        int emitted = 0;
        for (int bit = 3; bit >= 0; bit--) {
            int child = children[node << 1 | four >>> bit & 1];
            if (child < 0) {
                emitted = EMITS | ~child;
                node = 0;
            } else if (child == 0) {
                return FAILS;
            } else {
                node = child;
            }
        }
        return node << 16 | emitted;
    }
}
