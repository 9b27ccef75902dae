namespace BtFs.Protocol.Tests.Metainfo;

/// <summary>Torrents made by libtorrent 2.0.8 of the same content: a lone file, and a directory with an empty file, an executable and a symlink.</summary>
internal static class LibtorrentVectors
{
    public static byte[] SingleV1 => Convert.FromBase64String(
        """
        ZDg6YW5ub3VuY2UyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2UxMzphbm5vdW5jZS1saXN0bGwyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2Vl
        bDE3OnVkcDovLzEyNy4wLjAuMToyZWU3OmNvbW1lbnQxNTptYWRlIGZvciBhIHRlc3QxMDpjcmVhdGVkIGJ5MTA6bGlidG9ycmVudDEzOmNyZWF0aW9uIGRh
        dGVpMTc5NTM1Njk0N2U0OmluZm9kNjpsZW5ndGhpNTAwMDBlNDpuYW1lMTA6c2luZ2xlLmJpbjEyOnBpZWNlIGxlbmd0aGkxNjM4NGU2OnBpZWNlczgwOnV5
        qpv5oq8UN5yYVVK5lK7xdmEhNag5nJ8nlrwHobw97gDHeu8odDL37w3GlVdOUwd6b53O9g2IU2tu8Y8hnnEv2TnFBxCsyp82eP3+dIPdZTg6dXJsLWxpc3Qx
        OTpodHRwOi8vMTI3LjAuMC4xOjMvZQ==
        """);

    public static byte[] SingleV2 => Convert.FromBase64String(
        """
        ZDg6YW5ub3VuY2UyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2UxMzphbm5vdW5jZS1saXN0bGwyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2Vl
        bDE3OnVkcDovLzEyNy4wLjAuMToyZWU3OmNvbW1lbnQxNTptYWRlIGZvciBhIHRlc3QxMDpjcmVhdGVkIGJ5MTA6bGlidG9ycmVudDEzOmNyZWF0aW9uIGRh
        dGVpMTc5NTM1Njk0N2U0OmluZm9kOTpmaWxlIHRyZWVkMTA6c2luZ2xlLmJpbmQwOmQ2Omxlbmd0aGk1MDAwMGUxMTpwaWVjZXMgcm9vdDMyOurzEat9Ldb/
        eA3e45EHTGvcNXTLZ0z4J27v9PRikhM7ZWVlMTI6bWV0YSB2ZXJzaW9uaTJlNDpuYW1lMTA6c2luZ2xlLmJpbjEyOnBpZWNlIGxlbmd0aGkxNjM4NGVlMTI6
        cGllY2UgbGF5ZXJzZDMyOurzEat9Ldb/eA3e45EHTGvcNXTLZ0z4J27v9PRikhM7MTI4OnXQM2me+U/UOiF0lYKs8wRysKwgGFEOPRyonBj1Ssm8IsDrWNmK
        r3VqT9Rv220NA2E0P/w0UducXy/fNq140XuQCnHfdcc0+YPUmAn6qfuDhcTA7wxxKiwlUK0PrYV2QQB7n21kZu7zgkb/du2jz2/fGNrAQR0Rxz+VhFDjs7tW
        ZTg6dXJsLWxpc3QxOTpodHRwOi8vMTI3LjAuMC4xOjMvZQ==
        """);

    public static byte[] SingleHybrid => Convert.FromBase64String(
        """
        ZDg6YW5ub3VuY2UyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2UxMzphbm5vdW5jZS1saXN0bGwyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2Vl
        bDE3OnVkcDovLzEyNy4wLjAuMToyZWU3OmNvbW1lbnQxNTptYWRlIGZvciBhIHRlc3QxMDpjcmVhdGVkIGJ5MTA6bGlidG9ycmVudDEzOmNyZWF0aW9uIGRh
        dGVpMTc5NTM1Njk0N2U0OmluZm9kOTpmaWxlIHRyZWVkMTA6c2luZ2xlLmJpbmQwOmQ2Omxlbmd0aGk1MDAwMGUxMTpwaWVjZXMgcm9vdDMyOurzEat9Ldb/
        eA3e45EHTGvcNXTLZ0z4J27v9PRikhM7ZWVlNjpsZW5ndGhpNTAwMDBlMTI6bWV0YSB2ZXJzaW9uaTJlNDpuYW1lMTA6c2luZ2xlLmJpbjEyOnBpZWNlIGxl
        bmd0aGkxNjM4NGU2OnBpZWNlczgwOnV5qpv5oq8UN5yYVVK5lK7xdmEhNag5nJ8nlrwHobw97gDHeu8odDL37w3GlVdOUwd6b53O9g2IU2tu8Y8hnnEv2TnF
        BxCsyp82eP3+dIPdZTEyOnBpZWNlIGxheWVyc2QzMjrq8xGrfS3W/3gN3uORB0xr3DV0y2dM+Cdu7/T0YpITOzEyODp10DNpnvlP1DohdJWCrPMEcrCsIBhR
        Dj0cqJwY9UrJvCLA61jZiq91ak/Ub9ttDQNhND/8NFHbnF8v3zateNF7kApx33XHNPmD1JgJ+qn7g4XEwO8McSosJVCtD62FdkEAe59tZGbu84JG/3bto89v
        3xjawEEdEcc/lYRQ47O7VmU4OnVybC1saXN0MTk6aHR0cDovLzEyNy4wLjAuMTozL2U=
        """);

    public static byte[] MultiV1 => Convert.FromBase64String(
        """
        ZDg6YW5ub3VuY2UyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2UxMzphbm5vdW5jZS1saXN0bGwyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2Vl
        bDE3OnVkcDovLzEyNy4wLjAuMToyZWU3OmNvbW1lbnQxNTptYWRlIGZvciBhIHRlc3QxMDpjcmVhdGVkIGJ5MTA6bGlidG9ycmVudDEzOmNyZWF0aW9uIGRh
        dGVpMTc5NTM1Njk0N2U0OmluZm9kNTpmaWxlc2xkNDphdHRyMTp4NjpsZW5ndGhpNzAwMDBlNDpwYXRobDU6Yi5iaW5lZWQ2Omxlbmd0aGkwZTQ6cGF0aGw1
        OmVtcHR5ZWVkNjpsZW5ndGhpNWU0OnBhdGhsMzpzdWIxOmNlZWQ0OmF0dHIyOnhsNjpsZW5ndGhpMGU0OnBhdGhsMzpzdWI0OmxpbmtlMTI6c3ltbGluayBw
        YXRobDI6Li41OmEudHh0ZWVkNjpsZW5ndGhpMTYzODRlNDpwYXRobDM6c3ViNDpkZWVwMTpkZWVkNjpsZW5ndGhpMjAwMDBlNDpwYXRobDU6YS50eHRlZWU0
        Om5hbWU1Om11bHRpMTI6cGllY2UgbGVuZ3RoaTE2Mzg0ZTY6cGllY2VzMTQwOh3gF/XK+0K6PnzyRtUqAd8q5qso0KLpCJK9bKYrW4BkykHObalU/1a8gKrj
        ztQgmgB5k4li/jA6tq2ZRUkIEkXNN7QL3JJo2UNFKTWvlucs+e4IRVFKBf/M6eHG25rTSGERFaUYz/FAFj6uz2Ps8Au+EHL1d1G7V2S8mS88dNS7Ji8V9fyI
        kTUpGvdPZTg6dXJsLWxpc3QxOTpodHRwOi8vMTI3LjAuMC4xOjMvZQ==
        """);

    public static byte[] MultiV2 => Convert.FromBase64String(
        """
        ZDg6YW5ub3VuY2UyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2UxMzphbm5vdW5jZS1saXN0bGwyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2Vl
        bDE3OnVkcDovLzEyNy4wLjAuMToyZWU3OmNvbW1lbnQxNTptYWRlIGZvciBhIHRlc3QxMDpjcmVhdGVkIGJ5MTA6bGlidG9ycmVudDEzOmNyZWF0aW9uIGRh
        dGVpMTc5NTM1Njk0N2U0OmluZm9kOTpmaWxlIHRyZWVkNTphLnR4dGQwOmQ2Omxlbmd0aGkyMDAwMGUxMTpwaWVjZXMgcm9vdDMyOk4y0zWsNDen2T/ZLR5B
        xX2OYAVhqfvgnBlfHEOgdYr0ZWU1OmIuYmluZDA6ZDQ6YXR0cjE6eDY6bGVuZ3RoaTcwMDAwZTExOnBpZWNlcyByb290MzI6Gy3jfhx1dUMfoShYQgZBwM8b
        3DBjLHHpuS63YDRRuJ1lZTU6ZW1wdHlkMDpkNjpsZW5ndGhpMGVlZTM6c3ViZDE6Y2QwOmQ2Omxlbmd0aGk1ZTExOnBpZWNlcyByb290MzI63Vx2Iwhsq0Hb
        qS0CuHxHN+wpTXQH7LksEUP794j7HihlZTQ6ZGVlcGQxOmRkMDpkNjpsZW5ndGhpMTYzODRlMTE6cGllY2VzIHJvb3QzMjrVA/qA7/rV7tSq51VPcUrytaMf
        p6Ii7JuciYCUe/f9K2VlZTQ6bGlua2QwOmQ0OmF0dHIyOnhsMTI6c3ltbGluayBwYXRobDI6Li41OmEudHh0ZWVlZWUxMjptZXRhIHZlcnNpb25pMmU0Om5h
        bWU1Om11bHRpMTI6cGllY2UgbGVuZ3RoaTE2Mzg0ZWUxMjpwaWVjZSBsYXllcnNkMzI6Gy3jfhx1dUMfoShYQgZBwM8b3DBjLHHpuS63YDRRuJ0xNjA6G+lw
        vomOlP3j3TNN9tgcV+SMANmrsU5cv4fK6Ar3SCT9vY9JEcQdu8NfGNiqlWspqOb9UuES8vQy3pTpGksbIzrEg7Tmh1tFaZZoA1MqDWGGRLLBXi2zv4ikrGCK
        3uASxp2Ia0tcu1U9u0L/zDeOFwNOTw/ffyOO0BLCwHF2RS2KiAzrL1cbnbIosy4kYd+tfiKLctXPlQNxfyU6/+qLFjMyOk4y0zWsNDen2T/ZLR5BxX2OYAVh
        qfvgnBlfHEOgdYr0NjQ6rAdIi1JnZEyOc40sQr+Og6UmFu0O9GIjEB3vPBgQcjUK7zE4ANQHVxqiNZ5v+KuyOagxhnT/TQoTw41j3x/Bh2U4OnVybC1saXN0
        MTk6aHR0cDovLzEyNy4wLjAuMTozL2U=
        """);

    public static byte[] MultiHybrid => Convert.FromBase64String(
        """
        ZDg6YW5ub3VuY2UyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2UxMzphbm5vdW5jZS1saXN0bGwyNzpodHRwOi8vMTI3LjAuMC4xOjEvYW5ub3VuY2Vl
        bDE3OnVkcDovLzEyNy4wLjAuMToyZWU3OmNvbW1lbnQxNTptYWRlIGZvciBhIHRlc3QxMDpjcmVhdGVkIGJ5MTA6bGlidG9ycmVudDEzOmNyZWF0aW9uIGRh
        dGVpMTc5NTM1Njk0N2U0OmluZm9kOTpmaWxlIHRyZWVkNTphLnR4dGQwOmQ2Omxlbmd0aGkyMDAwMGUxMTpwaWVjZXMgcm9vdDMyOk4y0zWsNDen2T/ZLR5B
        xX2OYAVhqfvgnBlfHEOgdYr0ZWU1OmIuYmluZDA6ZDQ6YXR0cjE6eDY6bGVuZ3RoaTcwMDAwZTExOnBpZWNlcyByb290MzI6Gy3jfhx1dUMfoShYQgZBwM8b
        3DBjLHHpuS63YDRRuJ1lZTU6ZW1wdHlkMDpkNjpsZW5ndGhpMGVlZTM6c3ViZDE6Y2QwOmQ2Omxlbmd0aGk1ZTExOnBpZWNlcyByb290MzI63Vx2Iwhsq0Hb
        qS0CuHxHN+wpTXQH7LksEUP794j7HihlZTQ6ZGVlcGQxOmRkMDpkNjpsZW5ndGhpMTYzODRlMTE6cGllY2VzIHJvb3QzMjrVA/qA7/rV7tSq51VPcUrytaMf
        p6Ii7JuciYCUe/f9K2VlZTQ6bGlua2QwOmQ0OmF0dHIyOnhsMTI6c3ltbGluayBwYXRobDI6Li41OmEudHh0ZWVlZWU1OmZpbGVzbGQ2Omxlbmd0aGkyMDAw
        MGU0OnBhdGhsNTphLnR4dGVlZDQ6YXR0cjE6cDY6bGVuZ3RoaTEyNzY4ZTQ6cGF0aGw0Oi5wYWQ1OjEyNzY4ZWVkNDphdHRyMTp4NjpsZW5ndGhpNzAwMDBl
        NDpwYXRobDU6Yi5iaW5lZWQ0OmF0dHIxOnA2Omxlbmd0aGkxMTkyMGU0OnBhdGhsNDoucGFkNToxMTkyMGVlZDY6bGVuZ3RoaTBlNDpwYXRobDU6ZW1wdHll
        ZWQ2Omxlbmd0aGk1ZTQ6cGF0aGwzOnN1YjE6Y2VlZDQ6YXR0cjE6cDY6bGVuZ3RoaTE2Mzc5ZTQ6cGF0aGw0Oi5wYWQ1OjE2Mzc5ZWVkNjpsZW5ndGhpMTYz
        ODRlNDpwYXRobDM6c3ViNDpkZWVwMTpkZWVkNDphdHRyMjp4bDY6bGVuZ3RoaTBlNDpwYXRobDM6c3ViNDpsaW5rZTEyOnN5bWxpbmsgcGF0aGwyOi4uNTph
        LnR4dGVlZTEyOm1ldGEgdmVyc2lvbmkyZTQ6bmFtZTU6bXVsdGkxMjpwaWVjZSBsZW5ndGhpMTYzODRlNjpwaWVjZXMxODA6KPjT9yzLi0C1cAuofjbezgJT
        9Lilqi4kgyeeYecxDE2uLpQSrg9qfB3gF/XK+0K6PnzyRtUqAd8q5qso0KLpCJK9bKYrW4BkykHObalU/1a8gKrjztQgmgB5k4li/jA6tq2ZRUkIEkXNN7QL
        3JJo2UNFKTWvlucsgrHD1P50XoiVCUDazLSrFxe1Peqj7QU97NjoC/3slI7utUkgWbpf7eVJil049dJ7phee6i5BlmgFK4xuZTEyOnBpZWNlIGxheWVyc2Qz
        MjobLeN+HHV1Qx+hKFhCBkHAzxvcMGMscem5LrdgNFG4nTE2MDob6XC+iY6U/ePdM0322BxX5IwA2auxTly/h8roCvdIJP29j0kRxB27w18Y2KqVaymo5v1S
        4RLy9DLelOkaSxsjOsSDtOaHW0VplmgDUyoNYYZEssFeLbO/iKSsYIre4BLGnYhrS1y7VT27Qv/MN44XA05PD99/I47QEsLAcXZFLYqIDOsvVxudsiizLiRh
        361+Ioty1c+VA3F/JTr/6osWMzI6TjLTNaw0N6fZP9ktHkHFfY5gBWGp++CcGV8cQ6B1ivQ2NDqsB0iLUmdkTI5zjSxCv46DpSYW7Q70YiMQHe88GBByNQrv
        MTgA1AdXGqI1nm/4q7I5qDGGdP9NChPDjWPfH8GHZTg6dXJsLWxpc3QxOTpodHRwOi8vMTI3LjAuMC4xOjMvZQ==
        """);
}
