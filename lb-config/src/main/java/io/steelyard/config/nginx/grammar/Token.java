package io.steelyard.config.nginx.grammar;

import io.steelyard.api.Position;

/** What a file is made of once comments and white space are gone. */
sealed interface Token {
    Position position();

    record Text(Word word) implements Token {
        @Override
        public Position position() {
            return word.position();
        }
    }

    record Semicolon(Position position) implements Token {}

    record Open(Position position) implements Token {}

    record Close(Position position) implements Token {}

    /** The end of the file. */
    record End(Position position) implements Token {}
}
