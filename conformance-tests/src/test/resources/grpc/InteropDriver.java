// SPDX-License-Identifier: Apache-2.0

import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Plays one interoperability case of grpc-java after another in one process: its own program does
 * one and ends. Each argument is the arguments of a case, with U+0001 between them.
 */
public final class InteropDriver {
    private static final String PACKAGE = "io.grpc.testing.integration.";

    private InteropDriver() {}

    public static void main(String[] cases) throws Exception {
        registerLoadPolicy();
        for (String each : cases) {
            String[] arguments = each.split("\u0001");
            String name = Arrays.stream(arguments).filter(a -> a.startsWith("--test_case=")).findFirst().orElseThrow();
            String outcome = "ok";
            try {
                play(arguments);
            } catch (InvocationTargetException e) {
                outcome = String.valueOf(e.getCause()).replace('\n', ' ');
            }
            System.out.println("case " + name + ": " + outcome);
        }
        System.exit(0);
    }

    private static void play(String[] arguments) throws Exception {
        Object client = Class.forName(PACKAGE + "TestServiceClient").getDeclaredConstructor().newInstance();
        call(client, "parseArgs", new Class<?>[] {String[].class}, (Object) arguments);
        call(client, "setUp", new Class<?>[0]);
        try {
            call(client, "run", new Class<?>[0]);
        } finally {
            call(client, "tearDown", new Class<?>[0]);
        }
    }

    private static void registerLoadPolicy() throws Exception {
        var type = Class.forName(PACKAGE + "CustomBackendMetricsLoadBalancerProvider");
        var constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        var registry = Class.forName("io.grpc.LoadBalancerRegistry");
        registry.getMethod("register", Class.forName("io.grpc.LoadBalancerProvider"))
                .invoke(registry.getMethod("getDefaultRegistry").invoke(null), constructor.newInstance());
    }

    private static void call(Object of, String name, Class<?>[] types, Object... arguments) throws Exception {
        var method = of.getClass().getDeclaredMethod(name, types);
        method.setAccessible(true);
        method.invoke(of, arguments);
    }
}
