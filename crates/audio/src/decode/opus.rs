//! Opus packets → samples, at 48 kHz, with the pre-skip and the end trim of RFC 7845 applied.

use crate::error::HearError;
use opus_decoder::OpusDecoder;
use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::errors::Error;
use symphonia::core::packet::Packet;

const RATE: u32 = 48_000;
/// The longest packet there is: 120 ms.
const LONGEST_PACKET: usize = 5_760;

pub(super) struct OpusPackets {
    decoder: OpusDecoder,
    channels: usize,
    /// The stream's own volume, as a factor.
    gain: f32,
    buffer: Vec<f32>,
}

impl OpusPackets {
    pub(super) fn new(parameters: &AudioCodecParameters) -> Result<Self, HearError> {
        let unsupported = |what: String| HearError::UnsupportedCodec { what };
        let channels = parameters.channels.as_ref().map_or(2, Channels::count);
        if !(1..=2).contains(&channels) {
            return Err(unsupported(format!("Opus with `{channels}` channels")));
        }
        let decoder =
            OpusDecoder::new(RATE, channels).map_err(|error| unsupported(format!("Opus: {error}")))?;
        // Output gain: bytes 16 and 17 of the identification header, in 1/256 dB.
        let head = parameters.extra_data.as_deref().unwrap_or_default();
        let decibels =
            head.get(16..18).map_or(0.0, |gain| f64::from(i16::from_le_bytes([gain[0], gain[1]])) / 256.0);
        let gain = libm::exp10(decibels / 20.0) as f32;
        Ok(Self { decoder, channels, gain, buffer: vec![0.0; LONGEST_PACKET * channels] })
    }

    /// Fills `block` with interleaved samples and tells their rate and number of channels.
    pub(super) fn decode(&mut self, packet: &Packet, block: &mut Vec<f32>) -> Result<(u32, usize), Error> {
        block.clear();
        // An empty packet would ask the decoder to make sound up.
        if packet.data.is_empty() {
            return Err(Error::DecodeError("empty Opus packet"));
        }
        let frames = self
            .decoder
            .decode_float(&packet.data, &mut self.buffer, false)
            .map_err(|_| Error::DecodeError("damaged Opus packet"))?;
        let start = (packet.trim_start.get() as usize).min(frames);
        let end = frames.saturating_sub(packet.trim_end.get() as usize).max(start);
        let samples = &self.buffer[start * self.channels..end * self.channels];
        block.extend(samples.iter().map(|sample| sample * self.gain));
        Ok((RATE, self.channels))
    }
}
