package io.steelyard.core.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Reads private keys: PKCS #8 (RFC 5958), encrypted or not, PKCS #1 (RFC 8017) and SEC 1 (RFC 5915). */
final class KeyFile {
    private static final String WHAT = "key file";
    private static final String[] ALGORITHMS = {"RSA", "EC", "EdDSA"};
    private static final byte[] RSA_ALGORITHM = {
        0x30, 0x0D, 0x06, 0x09, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    private static final byte[] EC_PUBLIC_KEY = {0x06, 0x07, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x02, 0x01};
    private static final byte[] VERSION = {0x02, 0x01, 0x00};

    private KeyFile() {}

    /**
     * Reads the first key of a file.
     *
     * @param passwordFile whose lines are tried where the key is encrypted
     */
    static PrivateKey read(String name, Optional<String> passwordFile) throws TlsFileException {
        for (var block : PemFile.read(name, WHAT).blocks()) {
            if (block.label().endsWith("PRIVATE KEY")) {
                return key(name, block, passwordFile);
            }
        }
        throw new TlsFileException(
                WHAT, name, "it holds no private key", "name a PEM file with -----BEGIN PRIVATE KEY-----");
    }

    private static PrivateKey key(String name, PemFile.Block block, Optional<String> passwordFile)
            throws TlsFileException {
        if (block.isOldEncrypted()) {
            throw new TlsFileException(
                    WHAT,
                    name,
                    "its key is encrypted in a form that is not read any more",
                    "write it anew with 'openssl pkcs8 -topk8 -in " + name + " -out FILE'");
        }
        try {
            var bytes = block.bytes();
            return switch (block.label()) {
                case "PRIVATE KEY" -> plain(bytes);
                case "RSA PRIVATE KEY" -> plain(wrapped(RSA_ALGORITHM, bytes));
                case "EC PRIVATE KEY" -> plain(wrapped(curveAlgorithm(bytes), bytes));
                case "ENCRYPTED PRIVATE KEY" -> decrypted(name, bytes, passwordFile);
                default ->
                    throw new TlsFileException(
                            WHAT,
                            name,
                            "it holds a " + block.label() + ", which is not read",
                            "convert it with 'openssl pkcs8 -topk8 -nocrypt -in " + name + " -out FILE'");
            };
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            throw new TlsFileException(
                    WHAT,
                    name,
                    "its key is malformed: " + malformed.getMessage(),
                    "compare with 'openssl pkey -in " + name + " -noout -text'");
        }
    }

    private static PrivateKey plain(byte[] pkcs8) throws GeneralSecurityException {
        var spec = new PKCS8EncodedKeySpec(pkcs8);
        GeneralSecurityException first = null;
        for (var algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException other) {
                first = first == null ? other : first;
            }
        }
        throw first == null ? new GeneralSecurityException("no algorithm is there") : first;
    }

    private static PrivateKey decrypted(String name, byte[] bytes, Optional<String> passwordFile)
            throws TlsFileException, GeneralSecurityException {
        if (passwordFile.isEmpty()) {
            throw new TlsFileException(
                    WHAT,
                    name,
                    "its key is encrypted and no password is given",
                    "name a file with the password (passwordFile, ssl_password_file), or decrypt the key with 'openssl pkey'");
        }
        for (var password : passwords(passwordFile.get())) {
            try {
                var info = new EncryptedPrivateKeyInfo(bytes);
                // PBES2 (RFC 8018) names its parts only in its parameters.
                var algorithm =
                        info.getAlgName().equals("PBES2") || info.getAlgName().startsWith("1.2.840.113549.1.5.13")
                                ? info.getAlgParameters().toString()
                                : info.getAlgName();
                var secret =
                        SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray()));
                var cipher = Cipher.getInstance(algorithm);
                cipher.init(Cipher.DECRYPT_MODE, secret, info.getAlgParameters());
                return plain(info.getKeySpec(cipher).getEncoded());
            } catch (GeneralSecurityException | IOException wrong) {
                // Another may be right.
            }
        }
        throw new TlsFileException(
                WHAT, name, "no password in " + passwordFile.get() + " opens its key", "correct the password");
    }

    private static List<String> passwords(String name) throws TlsFileException {
        var lines = new ArrayList<String>();
        new String(PemFile.bytes(name, "password file"), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isEmpty())
                .forEach(lines::add);
        if (lines.isEmpty()) {
            throw new TlsFileException("password file", name, "it is empty", "write a password on its first line");
        }
        return lines;
    }

    // ---- DER

    /** PKCS #8 around a key of one algorithm. */
    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return element(0x30, joined(VERSION, algorithm, element(0x04, key)));
    }

    /** The algorithm of a SEC 1 key: the curve stands within it, under the tag [0]. */
    private static byte[] curveAlgorithm(byte[] key) {
        int at = headerLength(key, 0);
        while (at < key.length) {
            int header = headerLength(key, at);
            int length = length(key, at);
            if (key[at] == (byte) 0xA0) {
                return element(0x30, joined(EC_PUBLIC_KEY, Arrays.copyOfRange(key, at + header, at + header + length)));
            }
            at += header + length;
        }
        throw new IllegalArgumentException("it does not name its curve");
    }

    private static int headerLength(byte[] der, int at) {
        return at + 1 < der.length && der[at + 1] < 0 ? 2 + (der[at + 1] & 0x7F) : 2;
    }

    private static int length(byte[] der, int at) {
        if (at + 1 >= der.length) {
            throw new IllegalArgumentException("it is cut off");
        }
        int first = der[at + 1];
        if (first >= 0) {
            return first;
        }
        int length = 0;
        int bytes = first & 0x7F;
        if (bytes > 3 || at + 2 + bytes > der.length) {
            throw new IllegalArgumentException("it is cut off");
        }
        for (int i = 0; i < bytes; i++) {
            length = length << 8 | der[at + 2 + i] & 0xFF;
        }
        return length;
    }

    private static byte[] element(int tag, byte[] content) {
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 128) {
            out.write(content.length);
        } else {
            int bytes = content.length < 256 ? 1 : content.length < 65_536 ? 2 : 3;
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(content.length >> 8 * i);
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (var part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
