package io.steelyard.core.stream;

/** A kernel pipe that splice(2) moves bytes through. */
record Pipe(int readFd, int writeFd, int capacityBytes) {}
