package io.steelyard.realip.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder.Result;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ToldFieldsTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String ADDRESSES = "c0000207" + "c6336401" + "1267" + "0050";

    private static ToldFields told(String hexFields) {
        var rest = ADDRESSES + hexFields;
        var text = SIGNATURE + "2111" + HexFormat.of().toHexDigits((short) (rest.length() / 2)) + rest;
        var bytes = ByteBuffer.wrap(HexFormat.of().parseHex(text));
        var header = new ProxyHeader();
        assertThat(new ProxyHeaderDecoder().decode(bytes, header)).isEqualTo(Result.COMPLETE);
        var told = ToldFields.of(header);
        // What was kept does not depend on the bytes that were read.
        Arrays.fill(bytes.array(), (byte) 0);
        return told;
    }

    @Test
    void fieldsAreFoundByNginxsNames() {
        var told = told("010002" + "6832" + "020004" + "686f7374" + "050003" + "010203" + "300002" + "6e73");
        assertThat(told.value("alpn")).isEqualTo("h2");
        assertThat(told.value("authority")).isEqualTo("host");
        assertThat(told.value("unique_id")).isEqualTo("\1\2\3");
        assertThat(told.value("netns")).isEqualTo("ns");
        assertThat(told.value("ssl_version")).isNull();
        assertThat(told.value("ssl_verify")).isNull();
        assertThat(told.value("whatever")).isNull();
    }

    @Test
    void fieldsAreFoundByTheirTypes() {
        var told = told("ea0003" + "616263" + "ea0001" + "78" + "e10001" + "ff" + "e20000");
        assertThat(told.value("0xea")).isEqualTo("abc");
        assertThat(told.value("0xe1")).isEqualTo("\u00ff");
        assertThat(told.value("0xe2")).isEmpty();
        assertThat(told.value("0xe3")).isNull();
        assertThat(told.value("0x")).isNull();
        assertThat(told.value("0xzz")).isNull();
        assertThat(told.value("0x+1")).isNull();
        assertThat(told.value("0x1ea")).isNull();
    }

    @Test
    void fieldsOfTlsAreFoundWithinTheirOwn() {
        var inner =
                "210007" + "544c5376312e33" + "220002" + "636e" + "230001" + "63" + "240001" + "73" + "250001" + "6b";
        var told =
                told("20" + HexFormat.of().toHexDigits((short) (5 + inner.length() / 2)) + "07" + "80000002" + inner);
        assertThat(told.value("ssl_version")).isEqualTo("TLSv1.3");
        assertThat(told.value("ssl_cn")).isEqualTo("cn");
        assertThat(told.value("ssl_cipher")).isEqualTo("c");
        assertThat(told.value("ssl_sig_alg")).isEqualTo("s");
        assertThat(told.value("ssl_key_alg")).isEqualTo("k");
        assertThat(told.value("ssl_0x21")).isEqualTo("TLSv1.3");
        assertThat(told.value("ssl_verify")).isEqualTo("2147483650");
        assertThat(told.value("ssl_alpn")).isNull();
        assertThat(told.value("version")).isNull();
    }

    @Test
    void headerWithoutFieldsTellsNone() {
        assertThat(told("")).isSameAs(ToldFields.NONE);
        assertThat(ToldFields.NONE.value("alpn")).isNull();
    }
}
