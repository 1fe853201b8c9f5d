// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ir;

/**
 * A listener of a sidecar. A client without a proxy has none: its listeners are named after the
 * services' host names.
 */
public sealed interface IrListener {
    String name();

    /** In front of the application; everything goes to it. */
    record Inbound(String name, String address, int port) implements IrListener {}

    /** In front of everybody the application calls. */
    record Outbound(String name, String address, int port) implements IrListener {}
}
