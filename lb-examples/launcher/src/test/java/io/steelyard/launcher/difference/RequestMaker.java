package io.steelyard.launcher.difference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Makes requests that a client may send, by chance; the same ones for the same seed. */
final class RequestMaker {
    private final Random random;
    private final Words words;

    RequestMaker(Words words, long seed) {
        this.words = words;
        random = new Random(seed);
    }

    /**
     * A request.
     *
     * @param number its name, which its field X-Case tells
     * @param pieces its text, of which each is sent when the one before has been read
     * @param isLast whether the connection ends after it
     * @param fault what is wrong with it
     */
    record Request(
            String number,
            String method,
            String place,
            String reply,
            List<String> pieces,
            boolean isLast,
            ClientFault fault) {
        String text() {
            return String.join("", pieces);
        }

        /** Whether it comes in pieces. */
        boolean isSlow() {
            return pieces.size() > 1;
        }
    }

    /** The requests of one connection, sent at once. */
    List<Request> connection(int number) {
        int count = random.nextInt(4) == 0 ? 2 + random.nextInt(2) : 1;
        var requests = new ArrayList<Request>();
        for (int i = 1; i <= count; i++) {
            requests.add(request(number + "." + i, i == count, count == 1));
        }
        return requests;
    }

    private Request request(String number, boolean isLast, boolean isOnly) {
        var fault = isLast ? fault(isOnly) : ClientFault.NONE;
        var method = any(words.methods());
        // What is wrong with a request is looked for where nothing else happens to it.
        var place = fault != ClientFault.NONE
                ? words.places().getFirst()
                : isLast ? any(words.places()) : any(words.calmPlaces());
        var target = place + any(words.tails());
        boolean isOld = isLast && random.nextInt(10) == 0;
        if (isOld && !words.harsh().isEmpty()) {
            // Whether HTTP/1.0 is understood must not change the order of servers.
            place = words.places().getFirst();
            target = place;
        }
        var host = any(words.hosts());
        var reply = any(words.harsh().contains(place) ? words.replies() : words.calm());
        var text = new StringBuilder(method + " ");
        if (random.nextInt(25) == 0) {
            text.append("http://").append(host);
        }
        text.append(target).append(isOld ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
        var fields = new ArrayList<String>();
        if (!isOld || random.nextBoolean()) {
            fields.add("Host: " + host);
        }
        fields.add("X-Case: " + number);
        fields.add("X-Reply: " + reply);
        for (int left = random.nextInt(5); left > 0; left--) {
            fields.add(any(words.fields()));
        }
        if (isLast) {
            fields.add("Connection: close");
        } else if (random.nextInt(6) == 0) {
            fields.add("Connection: keep-alive");
        }
        boolean mayHaveBody = !method.equals("GET") && !method.equals("HEAD");
        var body = mayHaveBody || random.nextInt(15) == 0
                ? body(fields, isOld, isLast, words.whole().contains(place))
                : "";
        Collections.shuffle(fields, random);
        fields.forEach(field -> text.append(field).append("\r\n"));
        text.append("\r\n").append(body);
        var sent = fault.apply(text.toString(), random);
        // A fault may change the method, and with it whether an answer has a body.
        var sentMethod = sent.startsWith("POST ") ? "POST" : fault == ClientFault.LOWER_CASE_METHOD ? "GET" : method;
        return new Request(number, sentMethod, place, reply, pieces(place, sent, fault, isLast), isLast, fault);
    }

    /** What is wrong with a body may be seen before or behind its head where it comes in pieces, so those are whole. */
    private List<String> pieces(String place, String text, ClientFault fault, boolean isLast) {
        boolean mayBeSlow = fault == ClientFault.NONE || fault == ClientFault.BODY_CUT;
        if (words.slowOneOf() == 0 || random.nextInt(words.slowOneOf()) != 0 || !mayBeSlow) {
            return List.of(text);
        }
        int head = text.indexOf("\r\n\r\n") + 4;
        // A connection may end with an answer that comes before the body, and later requests with it: which ones must
        // not depend on that.
        boolean isWhole =
                words.whole().contains(place) || !isLast && !words.harsh().isEmpty();
        int end = isWhole ? head : text.length();
        var cuts = new TreeSet<Integer>();
        for (int left = 1 + random.nextInt(5); left > 0; left--) {
            // As many within the body as before it, however short it is.
            int from = end > head && random.nextBoolean() ? head : 1;
            cuts.add(from + random.nextInt(end - from));
        }
        cuts.add(text.length());
        var pieces = new ArrayList<String>();
        int from = 0;
        for (int cut : cuts) {
            pieces.add(text.substring(from, cut));
            from = cut;
        }
        return pieces;
    }

    private String body(List<String> fields, boolean isOld, boolean isLast, boolean isWhole) {
        int kind = random.nextInt(isOld ? 3 : 5);
        boolean mayBeLarge = isLast && !isWhole || words.harsh().isEmpty();
        var content = "x".repeat(random.nextInt(20) == 0 ? (mayBeLarge ? 70_000 : 50) : random.nextInt(40));
        if (kind == 0) {
            return "";
        }
        if (kind <= 2) {
            fields.add("Content-Length: " + content.length());
            if (kind == 2
                    && random.nextInt(3) == 0
                    && !isOld
                    && (isLast || words.harsh().isEmpty())) {
                fields.add("Expect: 100-continue");
            }
            return content;
        }
        fields.add("Transfer-Encoding: chunked");
        var chunks = new StringBuilder();
        for (int at = 0; at < content.length(); ) {
            int size = Math.min(content.length() - at, 1 + random.nextInt(5_000));
            chunks.append(Integer.toHexString(size))
                    .append("\r\n")
                    .append(content, at, at + size)
                    .append("\r\n");
            at += size;
        }
        return chunks.append("0\r\n\r\n").toString();
    }

    /** A client that ends its side would be gone for the requests before, too. */
    private ClientFault fault(boolean isOnly) {
        if (words.faults().isEmpty() || random.nextInt(4) != 0) {
            return ClientFault.NONE;
        }
        var fault = any(words.faults());
        return fault.ends() && !isOnly ? ClientFault.NONE : fault;
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
