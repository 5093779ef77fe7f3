package io.steelyard.realip.header;

/** A header field to add. */
public record HeaderLine(String name, String value) {}
