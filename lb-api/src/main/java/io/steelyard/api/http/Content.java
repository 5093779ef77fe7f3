package io.steelyard.api.http;

import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Where the answer to a request comes from. */
public sealed interface Content
        permits Content.NotFound,
                Content.Reply,
                Content.RedirectToPool,
                Content.Health,
                Content.Counts,
                Content.Page,
                Content.Files,
                HttpProxy {
    /** The server or pool that requests may be handed to; empty where none answers. */
    default Optional<HttpProxy> proxy() {
        return Optional.empty();
    }

    /** Nowhere: status 404. */
    record NotFound() implements Content {}

    /**
     * A fixed answer.
     *
     * @param status 200 to 599; 444 closes the connection without an answer
     * @param text the body; the place to go to where the status is 301, 302, 303, 307 or 308
     * @param contentType of the body
     */
    record Reply(int status, Template text, String contentType) implements Content {
        public Reply {
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(contentType, "contentType");
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("status is " + status + ", expected 200 to 599");
            }
        }
    }

    /**
     * Clients are sent to a server of a pool themselves: to its {@link io.steelyard.api.pool.RealServer#publicUrl}, followed by the path and
     * query as they asked for them. No traffic passes the balancer then, and a client whose server fails afterwards is on its own. The answer
     * is not to be stored ({@code Cache-Control: no-store}). A client that asks for one of these URLs' own hosts has been sent already, and so
     * has one that was sent on {@code mostHops} times: it is served by {@code others}, or refused with 508, for it would go in circles. What
     * CORS asks before a request ({@code OPTIONS}) cannot be redirected: without {@code others} it is asked of the pool's servers.
     *
     * @param pool every server of it has a public URL; its scheduler picks
     * @param status 307 and 308 keep the method, 302 and 303 may become GET
     * @param retryAfter what a client is told, in whole seconds, where no server can serve (status 503)
     * @param others how requests are served that have a body, or another method than GET and HEAD (HAProxy {@code redir}); where it is
     *     absent they are redirected too
     * @param hopParameter the name of a parameter of the query in which redirections are counted, so that balancers that send clients to each
     *     other notice; letters, digits, {@code _} and {@code -}; empty for none
     * @param mostHops how often a client may have been sent on before, by that count
     */
    record RedirectToPool(
            String pool, int status, Duration retryAfter, Optional<HttpProxy> others, String hopParameter, int mostHops)
            implements Content {
        /** The usual {@code mostHops}. */
        public static final int DEFAULT_MOST_HOPS = 3;

        /** Redirections are not counted. */
        public RedirectToPool(String pool, int status, Duration retryAfter, Optional<HttpProxy> others) {
            this(pool, status, retryAfter, others, "", DEFAULT_MOST_HOPS);
        }

        public RedirectToPool {
            if (!hopParameter.matches("[A-Za-z0-9_-]*")) {
                throw new IllegalArgumentException(
                        "hopParameter is '" + hopParameter + "', expected letters, digits, _ and -");
            }
            if (mostHops < 1 || mostHops > 99) {
                throw new IllegalArgumentException("mostHops is " + mostHops + ", expected 1 to 99");
            }
            Objects.requireNonNull(pool, "pool");
            Objects.requireNonNull(others, "others");
            if (status != 302 && status != 303 && status != 307 && status != 308) {
                throw new IllegalArgumentException("status is " + status + ", expected 302, 303, 307 or 308");
            }
            if (retryAfter.isNegative()) {
                throw new IllegalArgumentException("retryAfter is negative");
            }
        }

        @Override
        public Optional<HttpProxy> proxy() {
            return others;
        }

        /** Redirects everything with status 307. */
        public static RedirectToPool of(String pool) {
            return new RedirectToPool(pool, 307, Duration.ofSeconds(10), Optional.empty());
        }
    }

    /**
     * Whether this balancer can serve: 200 while every pool of the service has a server that is up, else 503; a line of text for each pool.
     */
    record Health() implements Content {}

    /**
     * Counts of the whole balancer's client connections and HTTP requests since it started, in the four lines of nginx's
     * {@code stub_status}.
     */
    record Counts() implements Content {}

    /**
     * Files of this machine, for GET and HEAD: small pages beside what servers answer. A file has {@code Last-Modified} and {@code ETag}, and
     * conditions and one range of a request are heeded (RFC 9110 sections 13 and 14). A path with a slash at its end is a folder, which one of
     * {@code index} stands for, or else 403; a folder's path without the slash leads to it (301). Symbolic links are followed.
     *
     * @param folder where they are; relative to the working directory of the process where it is no absolute path
     * @param replacesMatch whether {@code folder} stands for what the route matched of the path (nginx {@code alias}), and not before all of it
     * @param index files that stand for a folder, the first there is; what begins with a slash is a path that is searched for instead
     * @param tries what is looked for in the place of the path, in this order; with a slash at its end it must be a folder (nginx {@code
     *     try_files}); empty for the path alone
     * @param otherwise what is done where there is none of {@code tries}: {@code =404} or another status, {@code @name} of a route, or a path
     *     with its query that is searched for
     * @param server who answers in the place of what was found of {@code tries}, and is asked for that (nginx {@code try_files} beside {@code
     *     proxy_pass}); absent where the file does
     * @param types media types by the end of the name, in lower case without its dot; others are of the route's default type
     * @param isTagged whether files have {@code ETag} (nginx {@code etag})
     * @param modifiedSince what {@code If-Modified-Since} of a request means (nginx {@code if_modified_since})
     */
    record Files(
            Template folder,
            boolean replacesMatch,
            List<Template> index,
            List<Template> tries,
            Optional<Template> otherwise,
            Optional<HttpProxy> server,
            Map<String, String> types,
            boolean isTagged,
            ModifiedSince modifiedSince)
            implements Content {
        /** When a file counts as not modified since a time (RFC 9110 section 13.1.3). */
        public enum ModifiedSince {
            /** Where it is the very time of the file: who names another one has another file. */
            EXACT,
            /** Where it is the time of the file or later. */
            BEFORE,
            /** Never. */
            IGNORED
        }

        public Files {
            Objects.requireNonNull(server, "server");
            Objects.requireNonNull(modifiedSince, "modifiedSince");
            Objects.requireNonNull(folder, "folder");
            index = List.copyOf(index);
            tries = List.copyOf(tries);
            if (tries.isEmpty() == otherwise.isPresent()) {
                throw new IllegalArgumentException("tries and otherwise are needed together, or neither; there are "
                        + tries.size() + " tries and " + (otherwise.isPresent() ? "an otherwise" : "no otherwise"));
            }
            if (server.isPresent() && tries.isEmpty()) {
                throw new IllegalArgumentException(
                        "server is there without tries; name what is looked for, or hand the route to the server alone");
            }
            types = Map.copyOf(types);
        }

        /** Files that answer themselves, with tags. */
        public Files(
                Template folder,
                boolean replacesMatch,
                List<Template> index,
                List<Template> tries,
                Optional<Template> otherwise,
                Map<String, String> types) {
            this(folder, replacesMatch, index, tries, otherwise, Optional.empty(), types, true, ModifiedSince.EXACT);
        }

        @Override
        public Optional<HttpProxy> proxy() {
            return server;
        }

        /** The files of a folder, {@code index.html} standing for folders, and the usual types of text and pictures. */
        public static Files of(String folder) {
            return new Files(
                    Template.literal(folder),
                    false,
                    List.of(Template.literal("index.html")),
                    List.of(),
                    Optional.empty(),
                    DEFAULT_TYPES);
        }

        /** nginx's, where a file says nothing. */
        public static final Map<String, String> DEFAULT_TYPES =
                Map.of("html", "text/html", "gif", "image/gif", "jpg", "image/jpeg");
    }

    /**
     * A page about the running balancer that a plug-in writes.
     *
     * @param page the name of a {@link StatusPageProvider}
     * @param options its own options, by name
     */
    record Page(String page, Map<String, String> options) implements Content {
        public Page {
            Objects.requireNonNull(page, "page");
            options = Map.copyOf(options);
        }
    }
}
