package io.steelyard.core.tcp;

import io.steelyard.api.proxy.UnixSocket;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file of a UNIX socket that clients are accepted on: made with its rights before anybody can connect, and removed at the end if it is still
 * ours. Used by the control thread.
 */
final class UnixSocketFile {
    private final UnixSocket socket;

    /** What the file system knows the file by; null for an abstract name. */
    private final @Nullable Object key;

    private UnixSocketFile(UnixSocket socket, @Nullable Object key) {
        this.socket = socket;
        this.key = key;
    }

    /** A name or file that a socket was bound to. */
    record Bound(int fd, UnixSocketFile file) {}

    /**
     * Binds a new socket. A file that nobody listens at any more is replaced.
     *
     * @param isTakingOver whether the file of somebody who does listen is replaced, too: in one step, so that no client misses it
     * @throws IOException where another program listens there, or something else than a socket is there
     */
    static Bound bind(UnixSocket wanted, boolean isTakingOver) throws IOException {
        if (isTakingOver && !wanted.isAbstract() && isSocket(wanted)) {
            return replace(wanted);
        }
        if (!wanted.isAbstract()) {
            removeStale(wanted);
        }
        int fd = Linux.unixStreamSocket();
        if (fd < 0) {
            throw failure(wanted, "cannot open a socket for ", fd);
        }
        try (var arena = Arena.ofConfined()) {
            int result = Linux.bind(fd, address(wanted, arena));
            if (result < 0) {
                throw failure(wanted, "cannot bind ", result);
            }
            var file = new UnixSocketFile(wanted, key(wanted));
            try {
                file.permit(wanted);
            } catch (IOException failed) {
                file.remove();
                throw failed;
            }
            return new Bound(fd, file);
        } catch (IOException failed) {
            Linux.close(fd);
            throw failed;
        }
    }

    /** Binds beside the file, and puts the new one in its place. */
    private static Bound replace(UnixSocket wanted) throws IOException {
        var path = Path.of(wanted.path());
        var beside = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(beside);
        var bound = bind(named(wanted, beside), false);
        try {
            Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
            return new Bound(bound.fd(), new UnixSocketFile(wanted, key(wanted)));
        } catch (IOException failed) {
            Linux.close(bound.fd());
            bound.file().remove();
            throw failed;
        }
    }

    private static UnixSocket named(UnixSocket wanted, Path path) throws IOException {
        try {
            return new UnixSocket(path.toString(), wanted.mode(), wanted.user(), wanted.group());
        } catch (IllegalArgumentException tooLong) {
            throw new IOException("cannot take unix:" + wanted.path() + " over: " + tooLong.getMessage(), tooLong);
        }
    }

    private static boolean isSocket(UnixSocket socket) throws IOException {
        var path = Path.of(socket.path());
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .isOther();
    }

    private static SocketAddressBuffer address(UnixSocket socket, Arena arena) {
        var address = SocketAddressBuffer.allocate(arena);
        if (socket.isAbstract()) {
            address.setAbstract(socket.name());
        } else {
            address.setUnix(socket.path());
        }
        return address;
    }

    private static void removeStale(UnixSocket socket) throws IOException {
        var path = Path.of(socket.path());
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isOther()) {
            throw new IOException("cannot bind unix:" + socket.path()
                    + ": something is there that is no socket; remove it or choose another path");
        }
        int answer = ask(socket);
        switch (-answer) {
            case Errno.ECONNREFUSED -> Files.deleteIfExists(path);
            case Errno.ENOENT -> {}
            default ->
                throw new IOException("cannot bind unix:" + socket.path() + ": "
                        + (answer == 0 || answer == -Errno.EAGAIN
                                ? "another program listens there: find it with 'ss -lxp', end it or choose another path"
                                : Errno.text(-answer)));
        }
    }

    /** Whether somebody listens there, as connecting tells. */
    private static int ask(UnixSocket socket) {
        int fd = Linux.unixStreamSocket();
        if (fd < 0) {
            return fd;
        }
        try (var arena = Arena.ofConfined()) {
            return Linux.connect(fd, address(socket, arena));
        } finally {
            Linux.close(fd);
        }
    }

    /** Gives the file its owner and its rights. */
    void permit(UnixSocket wanted) throws IOException {
        if (wanted.isAbstract()) {
            return;
        }
        var path = Path.of(wanted.path());
        var principals = path.getFileSystem().getUserPrincipalLookupService();
        var view = Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        var looked = "";
        try {
            if (!wanted.user().isEmpty()) {
                looked = "user '" + wanted.user() + "'";
                view.setOwner(principals.lookupPrincipalByName(wanted.user()));
            }
            if (!wanted.group().isEmpty()) {
                looked = "group '" + wanted.group() + "'";
                view.setGroup(principals.lookupPrincipalByGroupName(wanted.group()));
            }
            if (wanted.mode() >= 0) {
                Files.setAttribute(path, "unix:mode", wanted.mode());
            }
        } catch (IOException failed) {
            throw new IOException(
                    "the owner or the rights of unix:" + wanted.path() + " cannot be set: "
                            + (failed instanceof UserPrincipalNotFoundException
                                    ? "there is no " + looked
                                    : failed.getMessage()),
                    failed);
        }
    }

    /** Removes the file, unless another has taken its place. */
    void remove() {
        if (key == null) {
            return;
        }
        try {
            if (Objects.equals(key, key(socket))) {
                Files.deleteIfExists(Path.of(socket.path()));
            }
        } catch (IOException gone) {
            // Whoever removed it did what was to be done.
        }
    }

    private static @Nullable Object key(UnixSocket socket) throws IOException {
        return socket.isAbstract()
                ? null
                : Files.readAttributes(Path.of(socket.path()), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey();
    }

    private static IOException failure(UnixSocket socket, String what, int result) {
        var remedy = switch (-result) {
            case Errno.EACCES -> "; the process may not write there";
            case Errno.ENOENT -> "; there is no such directory";
            case Errno.EADDRINUSE -> "; another program has it: find it with 'ss -lxp', end it or choose another";
            case Errno.EMFILE, Errno.ENFILE -> "; raise the limit of open files (ulimit -n)";
            default -> "";
        };
        return new IOException(what + "unix:" + socket.path() + ": " + Errno.text(-result) + remedy);
    }
}
