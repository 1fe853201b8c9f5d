// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.outlierdetection;

import com.google.protobuf.UInt32Value;
import dev.outrigger.policy.kind.outlierdetection.OutlierDetectionPolicy;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.kind.ClusterKind;
import dev.outrigger.xds.kind.ProtoValues;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import java.util.Optional;

/**
 * {@code outlierDetection}. Envoy detects 5xx in a row and low success rates unless told otherwise;
 * here a detector is enforced if it is written down, and only then.
 */
public final class OutlierDetectionTranslator implements ClusterKind {
    private static final UInt32Value ON = UInt32Value.of(100);
    private static final UInt32Value OFF = UInt32Value.of(0);

    @Override
    public void translate(IrCluster.Outbound outbound, Cluster.Builder cluster) {
        outbound.policies()
                .find(OutlierDetectionPolicy.class)
                .ifPresent(policy -> cluster.setOutlierDetection(detection(policy)));
    }

    private static OutlierDetection detection(OutlierDetectionPolicy policy) {
        var detection = OutlierDetection.newBuilder();
        detection.setEnforcingConsecutive5Xx(enforcing(policy.consecutive5xx()));
        policy.consecutive5xx()
                .ifPresent(count -> detection.setConsecutive5Xx(ProtoValues.uint32(count)));
        detection.setEnforcingConsecutiveGatewayFailure(
                enforcing(policy.consecutiveGatewayErrors()));
        policy.consecutiveGatewayErrors()
                .ifPresent(
                        count -> detection.setConsecutiveGatewayFailure(ProtoValues.uint32(count)));
        policy.consecutiveLocalFailures()
                .ifPresent(count ->
                        detection
                                .setSplitExternalLocalOriginErrors(true)
                                .setConsecutiveLocalOriginFailure(ProtoValues.uint32(count))
                                // Written down is the one in a row, and nothing else.
                                .setEnforcingLocalOriginSuccessRate(OFF));
        statistics(policy, detection);
        policy.interval()
                .ifPresent(interval -> detection.setInterval(ProtoValues.duration(interval)));
        policy.baseEjectionTime()
                .ifPresent(base -> detection.setBaseEjectionTime(ProtoValues.duration(base)));
        policy.maxEjectionTime()
                .ifPresent(max -> detection.setMaxEjectionTime(ProtoValues.duration(max)));
        policy.maxEjectionPercent()
                .ifPresent(max -> detection.setMaxEjectionPercent(ProtoValues.uint32(max)));
        return detection.build();
    }

    private static void statistics(
            OutlierDetectionPolicy policy, OutlierDetection.Builder detection) {
        detection.setEnforcingSuccessRate(enforcing(policy.successRate()));
        policy.successRate()
                .ifPresent(rate ->
                        detection
                                .setSuccessRateMinimumHosts(ProtoValues.uint32(rate.minimumHosts()))
                                .setSuccessRateRequestVolume(
                                        ProtoValues.uint32(rate.requestVolume()))
                                .setSuccessRateStdevFactor(
                                        ProtoValues.uint32(rate.stdevFactorThousandths())));
        policy.failurePercentage()
                .ifPresent(failures ->
                        detection
                                .setEnforcingFailurePercentage(ON) // Envoy's default is off.
                                .setFailurePercentageThreshold(
                                        ProtoValues.uint32(failures.threshold()))
                                .setFailurePercentageMinimumHosts(
                                        ProtoValues.uint32(failures.minimumHosts()))
                                .setFailurePercentageRequestVolume(
                                        ProtoValues.uint32(failures.requestVolume())));
    }

    private static UInt32Value enforcing(Optional<?> detector) {
        return detector.isPresent() ? ON : OFF;
    }
}
