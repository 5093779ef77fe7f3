package io.steelyard.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.Violation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SessionTest {
    static List<FrameCase> cases() {
        return FrameCase.all();
    }

    /** What the client would be told: the fault, or else the status that the last request is to have. */
    private static String outcome(Conversation conversation) {
        for (var frame : conversation.sent()) {
            if (frame.type() == Frames.GOAWAY) {
                return "GOAWAY " + frame.code();
            }
            if (frame.type() == Frames.RST_STREAM) {
                return "RST " + frame.code();
            }
        }
        var request = conversation.request(1);
        var violation = request == null ? Violation.NONE : request.violation;
        return violation == Violation.NONE ? "200" : "" + violation.status();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void framesHaveTheOutcomeTheSpecificationSays(FrameCase tried) {
        var conversation = Conversation.open();
        conversation.receive(tried.sent());
        assertThat(outcome(conversation)).isEqualTo(tried.expected());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void framesHaveTheSameOutcomeOctetByOctet(FrameCase tried) {
        var conversation = Conversation.open();
        for (byte octet : tried.sent()) {
            conversation.receive(new byte[] {octet});
        }
        assertThat(outcome(conversation)).isEqualTo(tried.expected());
    }

    @Test
    void serverBeginsWithItsSettings() {
        var first = new Conversation(7).sent();
        assertThat(first.getFirst().type()).isEqualTo(Frames.SETTINGS);
        assertThat(first.getFirst().payload()).startsWith(0, 3, 0, 0, 0, 7);
    }

    @Test
    void somethingOtherThanThePrefaceIsRefused() {
        var conversation = new Conversation();
        conversation.sent();
        conversation.receive("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(outcome(conversation)).isEqualTo("GOAWAY PROTOCOL_ERROR");
    }

    @Test
    void somethingOtherThanSettingsBehindThePrefaceIsRefused() {
        var conversation = new Conversation();
        conversation.sent();
        conversation.receive(Http2Session.PREFACE).receive(Frame.ping(0));
        assertThat(outcome(conversation)).isEqualTo("GOAWAY PROTOCOL_ERROR");
    }

    @Test
    void requestIsThatOfHttp1() {
        var conversation = Conversation.open();
        conversation.receive(Frame.headers(
                1,
                true,
                ":method",
                "GET",
                ":scheme",
                "http",
                ":path",
                "/a//%62?c=d",
                ":authority",
                "Site.Example:81",
                "x_y",
                "dropped",
                "cookie",
                "a=b",
                "te",
                "trailers",
                "cookie",
                "c=d"));
        var head = conversation.request(1).head;
        assertThat(head.version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(head.methodText()).isEqualTo("GET");
        assertThat(head.target()).isEqualTo("/a//%62?c=d");
        assertThat(head.normalPath()).isEqualTo("/a/b");
        assertThat(head.query()).isEqualTo("c=d");
        assertThat(head.host()).isEqualTo("site.example");
        assertThat(head.port()).isEqualTo(81);
        assertThat(head.fields().toString()).isEqualTo("cookie: a=b; c=d\nte: trailers\nHost: Site.Example:81\n");
    }

    @Test
    void bodyAndTrailersAreGivenAsTheyCome() {
        var conversation = Conversation.open();
        conversation.receive(Frame.post(1, "/"), Frame.data(1, false, "one"), Frame.data(1, false, "two"));
        assertThat(conversation.request(1).body).hasToString("onetwo");
        assertThat(conversation.request(1).hasEnded).isFalse();
        conversation.receive(Frame.headers(1, true, "x-sum", "2"));
        assertThat(conversation.request(1).hasEnded).isTrue();
        assertThat(conversation.request(1).trailers).hasToString("x-sum: 2\n");
    }

    @Test
    void answerIsSentWithItsFieldsInLowerCaseAndNoneAboutTheConnection() {
        var conversation = Conversation.open();
        conversation.receive(Frame.get(1, "/"));
        conversation.answer(1, 200, "Server", "s", "Connection", "close", "X-A", "B");
        conversation.request(1).send(3);
        var frames = conversation.sent();
        assertThat(Frame.fields(conversation.decoder, frames.get(0).payload()))
                .isEqualTo(":status: 200\nserver: s\nx-a: B");
        assertThat(frames.get(1).type()).isEqualTo(Frames.DATA);
        assertThat(frames.get(1).isEnd()).isTrue();
        assertThat(conversation.session.isIdle()).isTrue();
    }

    @Test
    void largeHeadIsSentInSeveralFrames() {
        var conversation = Conversation.open();
        conversation.receive(Frame.get(1, "/"));
        var value = "\u00ff".repeat(20_000);
        conversation.answer(1, 200, "X-Long", value);
        var frames = conversation.sent();
        assertThat(frames).extracting(Frame::type).containsExactly(Frames.HEADERS, Frames.CONTINUATION);
        var block = Arrays.copyOf(
                frames.get(0).payload(),
                frames.get(0).payload().length + frames.get(1).payload().length);
        System.arraycopy(
                frames.get(1).payload(),
                0,
                block,
                frames.get(0).payload().length,
                frames.get(1).payload().length);
        assertThat(Frame.fields(conversation.decoder, block)).isEqualTo(":status: 200\nx-long: " + value);
    }

    @Test
    void earlyAnswerEndsTheStreamWithoutAnError() {
        var conversation = Conversation.open();
        conversation.receive(Frame.post(1, "/"));
        conversation.answer(1, 200);
        conversation.request(1).send(1);
        assertThat(conversation.sent().getLast().code()).isEqualTo(ErrorCode.NO_ERROR);
        conversation.receive(Frame.data(1, true, "late"));
        assertThat(conversation.sent()).isEmpty();
        assertThat(conversation.session.hasFailed()).isFalse();
    }

    @Test
    void dataKeepsToTheWindowsOfStreamAndConnection() {
        var conversation = Conversation.open();
        conversation.receive(Frame.settings(4, 40_000), Frame.get(1, "/"), Frame.get(3, "/"));
        conversation.answer(1, 200);
        conversation.answer(3, 200);
        conversation.request(1).send(100_000);
        conversation.request(3).send(100_000);
        assertThat(conversation.dataSent()).isEqualTo(Map.of(1, 40_000, 3, 25_535));
        conversation.receive(Frame.windowUpdate(0, 1_000));
        assertThat(conversation.dataSent()).isEqualTo(Map.of(3, 1_000));
        conversation.receive(Frame.windowUpdate(0, 100_000), Frame.windowUpdate(1, 50_000));
        assertThat(conversation.dataSent()).isEqualTo(Map.of(1, 50_000, 3, 13_465));
    }

    @Test
    void windowThatASettingMadeNegativeIsFilledFirst() {
        var conversation = Conversation.open();
        conversation.receive(Frame.get(1, "/"));
        conversation.answer(1, 200);
        conversation.request(1).send(100_000);
        conversation.receive(Frame.windowUpdate(0, 100_000), Frame.settings(4, 1_000));
        assertThat(conversation.dataSent()).isEqualTo(Map.of(1, 65_535));
        conversation.receive(Frame.windowUpdate(1, 64_535));
        assertThat(conversation.dataSent()).isEmpty();
        conversation.receive(Frame.windowUpdate(1, 5));
        assertThat(conversation.dataSent()).isEqualTo(Map.of(1, 5));
    }

    @Test
    void streamsThatWaitTakeTurns() {
        var conversation = Conversation.open();
        conversation.receive(Frame.settings(4, 1 << 20), Frame.get(1, "/"), Frame.get(3, "/"));
        conversation.answer(1, 200);
        conversation.answer(3, 200);
        conversation.waiting = 1 << 20;
        conversation.request(1).send(50_000);
        conversation.request(3).send(50_000);
        conversation.waiting = 0;
        conversation.session.hasRoom();
        assertThat(conversation.sent().stream()
                        .filter(frame -> frame.type() == 0)
                        .map(Frame::stream))
                .startsWith(1, 3, 1, 3);
    }

    @Test
    void peerThatDoesNotReadIsSentNoFurtherData() {
        var conversation = Conversation.open();
        conversation.receive(Frame.get(1, "/"));
        conversation.answer(1, 200);
        conversation.waiting = FrameSender.MOST_WAITING_BYTES;
        conversation.request(1).send(10);
        assertThat(conversation.dataSent()).isEmpty();
        conversation.waiting = 0;
        conversation.session.hasRoom();
        assertThat(conversation.dataSent()).isEqualTo(Map.of(1, 10));
    }

    @Test
    void windowOpensOnlyAsFarAsWasConsumed() {
        var conversation = Conversation.open();
        conversation.consumesAtOnce = false;
        conversation.receive(Frame.post(1, "/"));
        var piece = Frame.of(0, 0, 1, new byte[16_384]);
        for (int i = 0; i < 16; i++) {
            conversation.receive(piece);
        }
        assertThat(conversation.sent()).isEmpty();
        conversation.session.consumed(conversation.request(1).stream, 200_000);
        assertThat(conversation.sent()).extracting(Frame::stream).containsExactly(1);
        for (int i = 0; i < 12; i++) {
            conversation.receive(piece);
        }
        assertThat(conversation.sent()).isEmpty();
        conversation.receive(piece);
        assertThat(outcome(conversation)).isEqualTo("RST FLOW_CONTROL_ERROR");
    }

    @Test
    void dataOfStreamsThatAreGoneDoesNotUseUpTheConnection() {
        var conversation = Conversation.open();
        conversation.consumesAtOnce = false;
        for (int stream = 1; stream < 200; stream += 2) {
            conversation.receive(Frame.post(stream, "/"));
            for (int i = 0; i < 8; i++) {
                conversation.receive(Frame.of(0, 0, stream, new byte[16_384]));
            }
            conversation.receive(Frame.reset(stream, 8));
        }
        assertThat(conversation.session.hasFailed()).isFalse();
        assertThat(conversation.requests).hasSize(100);
    }

    @Test
    void moreStreamsThanAllowedAreRefused() {
        var conversation = new Conversation(2);
        conversation.receive(Frame.connection(Frame.get(1, "/"), Frame.get(3, "/"), Frame.get(5, "/")));
        var refused = conversation.sent().getLast();
        assertThat(refused.stream()).isEqualTo(5);
        assertThat(refused.code()).isEqualTo(ErrorCode.REFUSED_STREAM);
        assertThat(conversation.requests).hasSize(2);
    }

    @Test
    void clientIsToldTwiceBeforeNothingMoreIsServed() {
        var conversation = Conversation.open();
        conversation.receive(Frame.get(1, "/"));
        conversation.session.finish();
        var told = conversation.sent();
        assertThat(told.get(0).int32At(0)).isEqualTo(Integer.MAX_VALUE);
        conversation.receive(Frame.get(3, "/"));
        assertThat(conversation.requests).containsKey(3);
        conversation.receive(new Frame(6, 1, 0, told.get(1).payload()));
        assertThat(conversation.sent().getFirst().int32At(0)).isEqualTo(3);
        conversation.receive(Frame.get(5, "/"));
        assertThat(conversation.requests).doesNotContainKey(5);
        assertThat(conversation.session.isDone()).isFalse();
        var nothing = new FieldBlock();
        nothing.add(FieldName.SERVER, "s");
        conversation.session.sendHead(conversation.request(1).stream, 204, nothing, -1, true);
        conversation.session.sendHead(conversation.request(3).stream, 204, nothing, -1, true);
        assertThat(conversation.session.isDone()).isTrue();
    }

    @Test
    void resetOfTheClientIsToldToTheUserAtOnce() {
        var conversation = Conversation.open();
        conversation.receive(Frame.get(1, "/"), Frame.reset(1, 8));
        assertThat(conversation.request(1).isReset).isTrue();
        assertThat(conversation.session.isIdle()).isTrue();
    }
}
