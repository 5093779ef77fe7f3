package io.steelyard.health;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What an answer has to contain: bytes, or text a regular expression finds. Immutable. */
sealed interface Expectation {
    /**
     * Whether the answer so far contains it.
     *
     * @throws InterruptedException where the thread is interrupted during a long search
     */
    boolean isIn(byte[] answer, int length) throws InterruptedException;

    /** For people. */
    String text();

    /**
     * One made of a pair of options, of which at most one is given.
     *
     * @param name the option of the literal; the other one is {@code name + "-regex"}
     * @throws IllegalArgumentException where both are given or one is malformed
     */
    static Optional<Expectation> of(String name, String literal, String regex) {
        if (!literal.isEmpty() && !regex.isEmpty()) {
            throw new IllegalArgumentException(
                    "both " + name + " and " + name + "-regex are given; expected one of them");
        }
        if (!regex.isEmpty()) {
            try {
                return Optional.of(new Regex(Pattern.compile(regex)));
            } catch (PatternSyntaxException wrong) {
                throw new IllegalArgumentException(
                        name + "-regex is no regular expression: " + wrong.getDescription() + " at character "
                                + (wrong.getIndex() + 1) + " of '" + regex + "'",
                        wrong);
            }
        }
        return literal.isEmpty() ? Optional.empty() : Optional.of(new Literal(literal, Escapes.decode(literal)));
    }

    /** These bytes, anywhere. */
    record Literal(String text, byte[] bytes) implements Expectation {
        @Override
        public boolean isIn(byte[] answer, int length) {
            for (int start = 0; start + bytes.length <= length; start++) {
                int i = 0;
                while (i < bytes.length && answer[start + i] == bytes[i]) {
                    i++;
                }
                if (i == bytes.length) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A match anywhere; each byte is one character, U+0000 to U+00FF. */
    record Regex(Pattern pattern) implements Expectation {
        @Override
        public boolean isIn(byte[] answer, int length) throws InterruptedException {
            try {
                return pattern.matcher(new Interruptible(new String(answer, 0, length, StandardCharsets.ISO_8859_1)))
                        .find();
            } catch (Interruptible.Interrupted interrupted) {
                throw new InterruptedException("the search took too long");
            } catch (StackOverflowError tooDeep) {
                return false;
            }
        }

        @Override
        public String text() {
            return "~" + pattern.pattern();
        }
    }

    /** Text whose reader can be interrupted, since an expression and an answer can be such that a search takes years. */
    final class Interruptible implements CharSequence {
        private final CharSequence text;

        Interruptible(CharSequence text) {
            this.text = text;
        }

        /** The thread was interrupted while it searched. */
        static final class Interrupted extends RuntimeException {
            private static final long serialVersionUID = 1L;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (Thread.interrupted()) {
                throw new Interrupted();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Interruptible(text.subSequence(start, end));
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
