package io.steelyard.linux;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Whether system calls can be made here. */
public final class NativeAccess {
    private NativeAccess() {}

    /** Why system calls cannot be made here, and what to do; empty where they can. */
    public static Optional<String> unavailability() {
        var system = System.getProperty("os.name", "?");
        var architecture = System.getProperty("os.arch", "?");
        if (!system.equals("Linux") || !(architecture.equals("amd64") || architecture.equals("aarch64"))) {
            return Optional.of("this machine is " + system + " on " + architecture
                    + "; expected Linux on amd64 (x86_64) or aarch64");
        }
        var module = NativeAccess.class.getModule();
        if (!module.isNativeAccessEnabled() && isDenied()) {
            return Optional.of("the JVM denies native access to "
                    + (module.isNamed() ? module.getName() : "the class path") + "; start it with " + enablingOption());
        }
        return Optional.empty();
    }

    /**
     * Makes sure that system calls can be made.
     *
     * @throws IllegalStateException with {@link #unavailability()}
     */
    public static void require() {
        unavailability().ifPresent(reason -> {
            throw new IllegalStateException("Linux system calls cannot be used: " + reason);
        });
    }

    /** The option of {@code java} that allows native access to this module without a warning. */
    public static String enablingOption() {
        var module = NativeAccess.class.getModule();
        return "--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
    }

    private static boolean isDenied() {
        try {
            // Any restricted method shows whether the JVM warns or denies; this one does nothing else.
            MemorySegment.NULL.reinterpret(0);
            return false;
        } catch (IllegalCallerException denied) {
            return true;
        }
    }
}
