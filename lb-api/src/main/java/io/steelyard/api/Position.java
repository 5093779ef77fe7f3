package io.steelyard.api;

/**
 * A place in a configuration file.
 *
 * @param file the name as the user gave it
 * @param line from 1
 * @param column in characters, from 1
 */
public record Position(String file, int line, int column) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
