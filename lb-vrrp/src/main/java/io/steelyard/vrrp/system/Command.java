package io.steelyard.vrrp.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A program to run without a shell, perhaps as another user. Immutable; safe for all threads.
 *
 * @param words the program and its arguments
 * @param user who runs it, as {@link ScriptUser#of} takes it
 */
record Command(List<String> words, String user) {
    private static final List<String> SEARCHED =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    /** S_ISVTX (inode(7)). */
    private static final int STICKY = 0x200;

    Command {
        words = List.copyOf(words);
    }

    /**
     * Starts it, with more arguments at its end. Nothing it prints is kept.
     *
     * @throws IOException with the reason it cannot run
     */
    Process start(String... more) throws IOException {
        var line = new ArrayList<>(ScriptUser.of(user).before());
        line.addAll(words);
        line.addAll(List.of(more));
        return new ProcessBuilder(line)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /**
     * Why the program must not or cannot run; empty where it can.
     *
     * @param isSecure refuses a program that others than root could exchange, when root would run it (keepalived's
     *     {@code enable_script_security})
     */
    Optional<String> refusal(boolean isSecure) {
        var name = words.getFirst();
        var found = find(name);
        if (found.isEmpty()) {
            return Optional.of("script " + name + " does not exist; expected the path of a program");
        }
        var program = found.get();
        if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
            return Optional.of("script " + program + " is not executable; run chmod +x on it");
        }
        try {
            boolean isRoots = ScriptUser.of(user).isRoot();
            return isSecure && isRoots ? insecurity(program) : Optional.empty();
        } catch (IOException unknown) {
            return Optional.of("script " + program + " is not run: " + unknown.getMessage());
        }
    }

    private static Optional<Path> find(String name) {
        if (name.contains("/")) {
            return Optional.of(Path.of(name)).filter(Files::exists);
        }
        return SEARCHED.stream()
                .map(folder -> Path.of(folder, name))
                .filter(Files::exists)
                .findFirst();
    }

    /** Whoever may write the program or a folder above it decides what root runs. */
    private static Optional<String> insecurity(Path program) {
        try {
            for (var part = program.toRealPath(); part != null; part = part.getParent()) {
                var attributes = Files.readAttributes(part, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                var reason = writer(attributes, attributes.isDirectory() && isSticky(part));
                if (reason.isPresent()) {
                    return Optional.of("script " + program + " is not run, as script security is on: " + part
                            + " can be changed by " + reason.get());
                }
            }
            return Optional.empty();
        } catch (IOException unreadable) {
            return Optional.of("script " + program + " cannot be looked at: " + unreadable.getMessage());
        }
    }

    /** In a folder with the sticky bit, such as /tmp, nobody may exchange what root has made. */
    private static boolean isSticky(Path folder) throws IOException {
        return ((Integer) Files.getAttribute(folder, "unix:mode") & STICKY) != 0;
    }

    private static Optional<String> writer(PosixFileAttributes attributes, boolean isSticky) {
        Set<PosixFilePermission> permissions = attributes.permissions();
        if (!attributes.owner().getName().equals("root")) {
            return Optional.of("its owner " + attributes.owner().getName());
        }
        if (isSticky) {
            return Optional.empty();
        }
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                && !attributes.group().getName().equals("root")) {
            return Optional.of("its group " + attributes.group().getName());
        }
        return permissions.contains(PosixFilePermission.OTHERS_WRITE) ? Optional.of("everybody") : Optional.empty();
    }
}
