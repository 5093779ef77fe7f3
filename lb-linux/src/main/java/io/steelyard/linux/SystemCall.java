package io.steelyard.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * How the C library is called: a handle for each function, and a place for errno that each thread has once, so that a call allocates
 * nothing.
 */
final class SystemCall {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO =
            STATE.byteOffset(java.lang.foreign.MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private SystemCall() {}

    /** A function that returns an int or, with {@code isLong}, a ssize_t; its first parameter is {@link #state()}. */
    static MethodHandle function(String name, boolean isLong, java.lang.foreign.MemoryLayout... parameters) {
        var result = isLong ? ValueLayout.JAVA_LONG : ValueLayout.JAVA_INT;
        return LINKER.downcallHandle(
                LINKER.defaultLookup()
                        .find(name)
                        .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no function " + name)),
                FunctionDescriptor.of(result, parameters),
                Linker.Option.captureCallState("errno"));
    }

    /** As {@link #function} with a variable argument list that begins at {@code firstVariable}. */
    static MethodHandle variadic(String name, int firstVariable, java.lang.foreign.MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup()
                        .find(name)
                        .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no function " + name)),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters),
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(firstVariable));
    }

    /** Where the call writes errno. */
    static MemorySegment state() {
        return CAPTURED.get();
    }

    /** The result, or the negative errno where it is -1. */
    static int result(int value, MemorySegment state) {
        return value == -1 ? -state.get(ValueLayout.JAVA_INT, ERRNO) : value;
    }

    /** The result, or the negative errno where it is -1. */
    static long result(long value, MemorySegment state) {
        return value == -1 ? -state.get(ValueLayout.JAVA_INT, ERRNO) : value;
    }

    /** A downcall threw: only a fault in this library or a JVM without native access does that. */
    static IllegalStateException failed(Throwable cause) {
        return new IllegalStateException(
                "a system call could not be made: " + cause.getMessage()
                        + "; start the JVM with --enable-native-access=ALL-UNNAMED (or io.steelyard.linux on the module path)",
                cause);
    }
}
