package io.steelyard.config.nginx;

import io.steelyard.config.nginx.grammar.Word;
import java.util.Set;

/**
 * What we know of a directive.
 *
 * @param contexts where it may stand
 * @param least how many arguments at least
 * @param most how many at most
 * @param isBlock whether it has braces
 * @param repeats whether it may stand more than once in a block
 * @param value the form of its only argument
 * @param treatment what we make of it
 * @param note why, for what is not honoured
 * @param words arguments that are names of directives too, so that one on a line of its own tells no missing {@code ;}
 */
record DirectiveSpec(
        String name,
        Set<Context> contexts,
        int least,
        int most,
        boolean isBlock,
        boolean repeats,
        Value value,
        Treatment treatment,
        String note,
        Set<String> words) {
    static final int ANY = Integer.MAX_VALUE;

    /** What becomes of a directive. */
    enum Treatment {
        HONOURED,
        /** Taken, and named in a notice. */
        ACCEPTED,
        /** Taken with a warning: something of what it asks for is not done. */
        WARNED,
        /** An error that gives the reason. */
        REFUSED
    }

    /** The form of an argument. */
    enum Value {
        /** Looked at elsewhere. */
        TEXT {
            @Override
            void check(Word word) {}
        },
        FLAG {
            @Override
            void check(Word word) {
                Values.flag(word.text());
            }
        },
        NUMBER {
            @Override
            void check(Word word) {
                Values.number(word.text());
            }
        },
        /** {@code auto} or how many. */
        PROCESSES {
            @Override
            void check(Word word) {
                Values.processes(word.text());
            }
        },
        SIZE {
            @Override
            void check(Word word) {
                Values.size(word.text());
            }
        },
        TIME {
            @Override
            void check(Word word) {
                Values.time(word.text());
            }
        },
        POSITIVE_TIME {
            @Override
            void check(Word word) {
                Values.positiveTime(word.text());
            }
        };

        /** @throws IllegalArgumentException with what was expected */
        abstract void check(Word word);
    }

    DirectiveSpec block() {
        return new DirectiveSpec(name, contexts, least, most, true, repeats, value, treatment, note, words);
    }

    DirectiveSpec repeating() {
        return new DirectiveSpec(name, contexts, least, most, isBlock, true, value, treatment, note, words);
    }

    DirectiveSpec words(String... names) {
        return new DirectiveSpec(name, contexts, least, most, isBlock, repeats, value, treatment, note, Set.of(names));
    }

    /** Such as {@code 2 arguments} or {@code at least 1 argument}. */
    String arity() {
        if (most == 0) {
            return "no argument";
        }
        if (most == ANY) {
            return "at least " + count(least);
        }
        return least == most ? count(least) : least + " to " + count(most);
    }

    private static String count(int number) {
        return number + (number == 1 ? " argument" : " arguments");
    }
}
