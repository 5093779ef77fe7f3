package io.steelyard.http.proxy;

import io.steelyard.core.tcp.TcpLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** One worker each loop, shared by all HTTP virtual servers of an engine. Control thread. */
final class HttpWorkers implements AutoCloseable {
    private final List<HttpWorker> workers;

    private HttpWorkers(List<HttpWorker> workers) {
        this.workers = workers;
    }

    static HttpWorkers on(List<TcpLoop> loops) {
        return new HttpWorkers(loops.stream().map(HttpWorker::new).toList());
    }

    /** The counts of each loop. Any thread. */
    List<Counts> counts() {
        return workers.stream().map(HttpWorker::counts).toList();
    }

    HttpWorker at(int index) {
        return workers.get(index);
    }

    /** Runs a task on every loop, and waits until it has run. */
    void onEach(Consumer<HttpWorker> task) {
        ask(worker -> {
            task.accept(worker);
            return worker;
        });
    }

    /** Asks every loop, and waits for all the answers. */
    <T> List<T> ask(Function<HttpWorker, T> question) {
        var asked = workers.stream()
                .map(worker -> worker.loop().loop().call(() -> question.apply(worker)))
                .toList();
        return asked.stream().map(CompletableFuture::join).toList();
    }

    /** Closes every connection. */
    @Override
    public void close() {
        onEach(HttpWorker::close);
    }
}
