package io.steelyard.realip.greeting;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** First bytes of TLS clients, made by the JDK's own client. */
final class Greetings {
    private Greetings() {}

    /**
     * The record of a ClientHello.
     *
     * @param serverName empty for none
     */
    static byte[] hello(String serverName, List<String> versions, List<String> protocols) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        if (!serverName.isEmpty()) {
            parameters.setServerNames(List.<SNIServerName>of(new SNIHostName(serverName)));
        }
        parameters.setProtocols(versions.toArray(String[]::new));
        parameters.setApplicationProtocols(protocols.toArray(String[]::new));
        engine.setSSLParameters(parameters);
        var record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.beginHandshake();
        engine.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOf(record.array(), record.position());
    }

    /** The same message in records of at most so many bytes. */
    static byte[] inRecordsOf(int most, byte[] record) {
        var out = new ByteArrayOutputStream();
        for (int at = 5; at < record.length; at += most) {
            int size = Math.min(most, record.length - at);
            out.writeBytes(new byte[] {record[0], record[1], record[2], (byte) (size >> 8), (byte) size});
            out.write(record, at, size);
        }
        return out.toByteArray();
    }
}
