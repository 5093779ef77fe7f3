package io.steelyard.vrrp.lab;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.VirtualRouters;
import java.nio.file.Path;
import java.time.Duration;

/** A program with one floating address, ended by a signal: {@code OneRouter PRIORITY ADDRESS/PREFIX INTERVAL-MS}. Prints what happens. */
final class OneRouter {
    private OneRouter() {}

    /** What starts it. */
    static String[] command(int priority, String address, int intervalMs) {
        var classPath = System.getProperty("jdk.module.path", "") + ":" + System.getProperty("java.class.path") + ":"
                + Path.of("target/test-classes").toAbsolutePath();
        return new String[] {
            ProcessHandle.current().info().command().orElse("java"),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            OneRouter.class.getName(),
            Integer.toString(priority),
            address,
            Integer.toString(intervalMs)
        };
    }

    public static void main(String... arguments) throws Exception {
        var router = VirtualRouter.builder("VI_1", "eth0", 51)
                .priority(Integer.parseInt(arguments[0]))
                .address(arguments[1])
                .advertInterval(Duration.ofMillis(Long.parseLong(arguments[2])))
                .checksum(io.steelyard.api.vrrp.ChecksumReading.RFC_5798)
                .build();
        var routers = VirtualRouters.builder()
                .router(router)
                .onEvent(System.out::println)
                .start();
        routers.status().getFirst().unhealthy().ifPresent(System.out::println);
        Runtime.getRuntime().addShutdownHook(new Thread(routers::close));
        Thread.currentThread().join();
    }
}
