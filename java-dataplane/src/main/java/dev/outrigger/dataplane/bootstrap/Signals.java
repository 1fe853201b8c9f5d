// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals as Envoy takes them: TERM and INT end the process with 0, USR1 reopens logs, HUP is
 * ignored. The platform's only way to signals is an unsupported class that javac warns about
 * whatever one does, so it is reached by reflection; where that fails the platform's own handling
 * stays (TERM ends the process with 143).
 */
final class Signals {
    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /**
     * The actions run on a thread of the platform.
     *
     * @param end for TERM and INT, with the name
     */
    static void handle(java.util.function.Consumer<String> end, Runnable reopenLogs) {
        on("TERM", () -> end.accept("SIGTERM"));
        on("INT", () -> end.accept("SIGINT"));
        on("USR1", reopenLogs);
        on("HUP", () -> log.warn("ENVOY_SIGHUP ignored: there is no hot restart"));
    }

    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself only
    private static void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            InvocationHandler handler =
                    (proxy, method, arguments) ->
                            switch (method.getName()) {
                                case "handle" -> {
                                    action.run();
                                    yield null;
                                }
                                case "equals" -> proxy == arguments[0];
                                case "hashCode" -> System.identityHashCode(proxy);
                                default -> "handler of SIG" + name;
                            };
            Object proxy =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(), new Class<?>[] {handlerType}, handler);
            Object _ =
                    signal.getMethod("handle", signal, handlerType)
                            .invoke(
                                    null,
                                    signal.getConstructor(String.class).newInstance(name),
                                    proxy);
        } catch (ReflectiveOperationException e) {
            log.debug("signal not handled name={}", name, e);
        }
    }
}
