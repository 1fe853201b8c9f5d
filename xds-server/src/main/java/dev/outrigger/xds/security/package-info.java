// SPDX-License-Identifier: Apache-2.0
/**
 * Who may speak on the xDS port: TLS with certificates that are read again when they change, and
 * the rule that binds a client's certificate to the node it may say it is.
 */
@NullMarked
package dev.outrigger.xds.security;

import org.jspecify.annotations.NullMarked;
