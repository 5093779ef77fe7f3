package io.steelyard.config.haproxy;

/** How many header captures of requests and answers a frontend has. One thread. */
final class Captures {
    private int ofRequests;
    private int ofAnswers;

    /** The slot of one more. */
    int add(boolean isRequest) {
        return isRequest ? ofRequests++ : ofAnswers++;
    }

    int count(boolean isRequest) {
        return isRequest ? ofRequests : ofAnswers;
    }
}
