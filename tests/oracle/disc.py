# SPDX-License-Identifier: GPL-2.0
"""Discs to make images of: tracks with their sectors, sub-channels and CD-Text; and files that they go to."""
import os
import subprocess
import wave

CDIMAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system/cdimage")
AUDIO, MODE1, MODE2 = 0, 1, 2
RAW = 2352
PREGAP = 150
SESSION_GAP = 11400     # from the lead-out of the first session to the first track of the second


def bcd(value):
    return value // 10 << 4 | value % 10


def msf(frames):
    return frames // 4500, frames // 75 % 60, frames % 75


def msf_text(frames):
    return "%02d:%02d:%02d" % msf(frames)


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = crc << 1 ^ (0x1021 if crc & 0x8000 else 0)
    return crc & 0xFFFF ^ 0xFFFF


def cdimage(*arguments):
    return subprocess.run([CDIMAGE, *map(str, arguments)], check=True, stdout=subprocess.PIPE).stdout


class Track:
    """A track: @data are its sectors, among them @stored ones of its pregap, which is @pregap sectors long.

    @index2 is counted from index 1.
    """

    def __init__(self, mode, data, pregap=0, stored=0, **more):
        self.mode, self.data, self.pregap, self.stored = mode, data, pregap, stored
        self.sectors = len(data) // RAW - stored
        self.control = more.get("control", 0 if mode == AUDIO else 4)
        self.isrc, self.title, self.index2 = more.get("isrc"), more.get("title"), more.get("index2")
        self.number = self.session = self.start = None

    @property
    def end(self):
        return self.start + self.sectors

    def user(self, size):
        """The sectors as an image has them that stores no more than @size bytes of each."""
        skip = {2048: 16 if self.mode == MODE1 else 24, 2336: 16, RAW: 0}[size]
        return b"".join(self.data[at + skip:at + skip + size] for at in range(0, len(self.data), RAW))


class Disc:
    """@sessions are lists of tracks."""

    def __init__(self, sessions, mcn=None, title=None):
        self.mcn, self.title, self.tracks = mcn, title, []
        self.leadouts = []
        at = 0
        for number, session in enumerate(sessions, 1):
            if number > 1:
                at += SESSION_GAP
            for i, track in enumerate(session):
                track.number, track.session = len(self.tracks) + 1, number
                # The pregap of a later session is in the gap
                track.start = at + (track.pregap if number == 1 or i else 0)
                at = track.end
                self.tracks.append(track)
            self.leadouts.append(at)
        self.sessions = sessions

    def track_at(self, lba):
        return next(t for t in self.tracks if t.start - max(t.pregap, t.stored) <= lba < t.end)

    def q(self, lba):
        """Sub-channel Q of a sector: where it is; now and then the catalogue number or the ISRC."""
        track = self.track_at(lba)
        if lba % 97 == 40 and self.mcn:
            digits = [int(d) for d in self.mcn] + [0]
            frame = [track.control << 4 | 2] + [digits[i] << 4 | digits[i + 1] for i in range(0, 14, 2)] + [0]
            frame.append(bcd((lba + PREGAP) % 75))
        elif lba % 97 == 60 and track.isrc:
            bits = 0
            for char in track.isrc[:5]:
                bits = bits << 6 | (ord(char) - 0x30 if char.isdigit() else ord(char) - 0x41 + 0x11)
            bits = bits << 2
            for char in track.isrc[5:]:
                bits = bits << 4 | int(char)
            bits = bits << 4
            frame = [track.control << 4 | 3, *bits.to_bytes(8, "big"), bcd((lba + PREGAP) % 75)]
        else:
            # The time in the track counts down to the end of a pregap
            in_track = lba - track.start if lba >= track.start else track.start - 1 - lba
            index = 0 if lba < track.start else 2 if track.index2 and lba >= track.start + track.index2 else 1
            frame = [track.control << 4 | 1, bcd(track.number), index, *map(bcd, msf(in_track)), 0]
            frame += map(bcd, msf(lba + PREGAP))
        return bytes(frame) + crc16(frame).to_bytes(2, "big")

    def channels(self, lba):
        """The eight sub-channels of a sector, twelve bytes each. Something is in R to W."""
        p = b"\xff" * 12 if lba < self.track_at(lba).start else bytes(12)
        return [p, self.q(lba)] + [bytes((lba * 7 + i * 5 + n) & 0xFF for i in range(12)) for n in range(6)]

    def packed(self, lba):
        return b"".join(self.channels(lba))

    def interleaved(self, lba):
        """As they lie on the disc: a byte has a bit of each."""
        channels = [int.from_bytes(c, "big") for c in self.channels(lba)]
        return bytes(sum((c >> 95 - i & 1) << 7 - n for n, c in enumerate(channels)) for i in range(96))

    def q16(self, lba):
        """Q, and a byte with a bit of P behind three of zeroes"""
        return self.q(lba) + bytes(3) + (b"\x80" if lba < self.track_at(lba).start else b"\0")

    def with_sub(self, track, sub):
        """The sectors of a track, each with what sub(lba) gives behind it."""
        first = track.start - track.stored
        return b"".join(track.data[i * RAW:(i + 1) * RAW] + sub(first + i) for i in range(len(track.data) // RAW))

    def silence(self, track, sectors, sub=None):
        """As many sectors of the beginning of the pregap of a track, for an image that stores them. Before sector 0
        there is nothing."""
        first = track.start - track.stored - sectors
        out = b""
        for lba in range(first, first + sectors):
            out += bytes(RAW) + (b"" if not sub else sub(lba) if lba >= 0 else bytes(len(sub(0))))
        return out

    def titles(self):
        return [self.title] + [t.title or "" for t in self.tracks if t.session == 1]

    def packs(self):
        """CD-Text of the titles: packs of 18 bytes."""
        text, firsts = b"", []
        for number, title in enumerate(self.titles()):
            for i, char in enumerate(title.encode("latin-1") + b"\0"):
                text += bytes([char])
                firsts.append((number, min(i, 15)))
        count = (len(text) + 11) // 12
        packs = []
        for i in range(count):
            number, position = firsts[i * 12]
            packs.append(bytes([0x80, number, i, position]) + text[i * 12:i * 12 + 12].ljust(12, b"\0"))
        size = bytes([0, 1, len(self.titles()) - 1, 0, count] + [0] * 14 + [3] + [count + 2] + [0] * 7 + [9] + [0] * 7)
        for i in range(3):
            packs.append(bytes([0x8F, i, count + i, 0]) + size[i * 12:i * 12 + 12])
        return [p + crc16(p).to_bytes(2, "big") for p in packs]


def audio(sectors, seed):
    return cdimage("audio", sectors, seed)


def data_disc(iso):
    return Disc([[Track(MODE1, cdimage("raw", iso, 0))]])


def xa_disc(iso):
    return Disc([[Track(MODE2, cdimage("xa", iso, 0))]])


def mixed_disc(iso):
    """Data, then audio with a pregap that is not stored and audio with one that is"""
    return Disc([[
        Track(MODE1, cdimage("raw", iso, 0), title="Data"),
        Track(AUDIO, audio(110, 2), pregap=PREGAP, isrc="DEXYZ0100001", title="The second"),
        Track(AUDIO, audio(30 + 120, 3), pregap=30, stored=30, control=3, isrc="GBAB10200002", title="Third", index2=75),
    ]], mcn="4006381333931", title="Mixed mode")


def audio_disc():
    """Audio alone; something is before the first track, and the second begins at once"""
    return Disc([[
        Track(AUDIO, audio(40 + 100, 4), pregap=40, stored=40, title="First", isrc="FRZ039800212"),
        Track(AUDIO, audio(90, 5), title="Second", control=1),
        Track(AUDIO, audio(20 + 130, 6), pregap=20, stored=20, title="Third", control=2, isrc="DEXYZ0100003"),
    ]], mcn="0012345678905", title="Audio alone")


def sessions_disc(iso):
    """Data and audio; then Mode 2"""
    first = [Track(MODE1, cdimage("raw", iso, 0)), Track(AUDIO, audio(110, 7), pregap=PREGAP, isrc="DEXYZ0100007")]
    start = first[0].sectors + PREGAP + 110 + SESSION_GAP
    return Disc([first, [Track(MODE2, cdimage("xa", iso, start), pregap=PREGAP)]], mcn="4006381333931")


def write(folder, name, *parts):
    with open(os.path.join(folder, name), "wb") as out:
        for part in parts:
            out.write(part.encode("ascii") if isinstance(part, str) else part)


def write_wave(folder, name, samples):
    with wave.open(os.path.join(folder, name), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(44100)
        out.writeframes(samples)


def cue_track(track, mode, at, unstored=0, with_flags=False):
    """The lines of a CUE sheet for a track whose sectors begin at @at in its file"""
    lines = ["  TRACK %02d %s" % (track.number, mode)]
    if track.title:
        lines.append('    TITLE "%s"' % track.title)
    if track.isrc:
        lines.append("    ISRC " + track.isrc)
    flags = [name for bit, name in ((2, "DCP"), (8, "4CH"), (1, "PRE")) if track.control & bit]
    if flags and with_flags:
        lines.append("    FLAGS " + " ".join(flags))
    if unstored:
        lines.append("    PREGAP " + msf_text(unstored))
    if track.stored:
        lines.append("    INDEX 00 " + msf_text(at))
    lines.append("    INDEX 01 " + msf_text(at + track.stored))
    if track.index2:
        lines.append("    INDEX 02 " + msf_text(at + track.stored + track.index2))
    return lines
